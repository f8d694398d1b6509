package conn

// A lane is a list of the calls that have come in it and are not over, in order. The first of them may run. One that is given up before its turn leaves
// the list, so that nothing of it is kept until the turn would have come.

// queueInLane puts a behind the last call of its lane. The mutex is held.
func (c *Conn) queueInLane(a *answer) {
	if last := c.s.lanes[a.lane]; last != nil {
		a.prev, last.next = last, a
	}
	if c.s.lanes == nil {
		c.s.lanes = make(map[uint64]*answer)
	}
	a.lined = true
	a.in.Lane = a.lane
	c.s.lanes[a.lane] = a
}

// freeLane lets the next call of a's lane run, when a and all before it are over. The mutex is held.
func (a *answer) freeLane() {
	if !a.lined {
		return
	}
	a.lined = false
	prev, next := a.prev, a.next
	a.prev, a.next = nil, nil
	switch {
	case a.c.s.lanes[a.lane] != a:
	case prev != nil:
		a.c.s.lanes[a.lane] = prev
	default:
		delete(a.c.s.lanes, a.lane)
	}
	if prev != nil {
		prev.next = next
	}
	if next == nil {
		return
	}
	if next.prev = prev; prev == nil {
		a.c.mayRun(next)
	}
}
