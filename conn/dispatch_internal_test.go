package conn

import "fmt"

// Writes says whether c has a goroutine that writes.
func (c *Conn) Writes() bool { return c.w.on.Load() }

// Workers says how many goroutines wait for calls, and what is wrong with the dispatch of c, if anything is.
func (c *Conn) Workers() (idle int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &c.s.dispatch
	for w := d.idle; w != nil; w = w.next {
		idle++
		if len(w.wake) > 0 {
			err = fmt.Errorf("a worker is idle that has been called")
		}
	}
	listed := 0
	for a := d.first; a != nil; a = a.behind {
		listed++
		if a.stage != stageListed || a.behind == nil && a != d.last {
			err = fmt.Errorf("call %d of the list is at stage %d", a.id, a.stage)
		}
	}
	switch {
	case listed > 0 && !d.coming:
		err = fmt.Errorf("%d calls are listed, and nobody is on the way to them", listed)
	case d.held && !d.coming:
		err = fmt.Errorf("replies are held back, and nobody is on the way to them")
	case idle != d.idles || d.fewest > idle || idle > maxIdle:
		err = fmt.Errorf("%d are idle, counted are %d, the fewest were %d", idle, d.idles, d.fewest)
	case idle > 0 && !d.ticking:
		err = fmt.Errorf("%d are idle, and nobody will send them away", idle)
	}
	for lane, last := range c.s.lanes {
		for a := last; a != nil; a = a.prev {
			if !a.lined || a.lane != lane || a.prev != nil && a.prev.next != a {
				err = fmt.Errorf("call %d of lane %d is out of line", a.id, lane)
			}
		}
	}
	return idle, err
}
