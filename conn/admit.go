package conn

import "github.com/rgo-project/rgo/internal/wire"

// admit says why a call is not taken. A nested call is not counted together with those that may be waiting for it, so the limit cannot make
// them wait for ever; how deep calls nest, and how many there are that are nested, have limits of their own. The mutex is held.
func (c *Conn) admit(a *answer, f *wire.Call) *CallError {
	switch lim := &c.limits; {
	case len(f.Name) > maxName:
		a.name, a.in.Name = "", "" // the call may be kept
		return refuse(CodeTooLarge, "a name of %d bytes, allowed are %d", len(f.Name), maxName)
	case c.s.draining && a.outer == nil:
		return refuse(CodeDraining, "no new calls are taken: shutting down")
	case c.handler.Load() == nil:
		return refuse(CodeNothing, "nothing is offered here")
	case *c.siblings(a) >= lim.MaxCalls:
		return refuse(CodeTooMany, "%d calls are under way already, the limit (Limits.MaxCalls of who serves them)", lim.MaxCalls)
	case a.outer != nil && c.s.running-c.s.outermost >= lim.MaxNested:
		return refuse(CodeTooMany, "%d calls nested in others are under way already, the limit (Limits.MaxNested of who serves them)", lim.MaxNested)
	case c.results() >= lim.MaxResults:
		return refuse(CodeTooMany, "%d results are kept already, the limit (Limits.MaxResults of who keeps them): release some", c.results())
	case a.depth > lim.MaxDepth:
		return refuse(CodeTooDeep, "%d calls nested in each other, the limit (Limits.MaxDepth of who serves them)", lim.MaxDepth)
	case f.Body.Number == 0 && c.s.arriving+uint64(len(f.Body.Inline)) > uint64(lim.MaxBulk):
		return refuse(CodeTooLarge, "%d bytes of bodies are arriving or in use already, the limit (Limits.MaxBulk of who gets them)", c.s.arriving)
	}
	return c.mayImport(f.Refs)
}

// results counts the results that the peer keeps. The mutex is held.
func (c *Conn) results() int { return len(c.s.answers) - c.s.running }

// mayKeep ends the connection of a peer that keeps the results even of calls that were refused, without end. It is let go far, since it hears of the refusals
// later than it calls. The mutex is held.
func (c *Conn) mayKeep(a *answer) error {
	if most := 2 * c.limits.MaxResults; a.keep && c.results() >= most {
		return tooMuch("it keeps %d results, most of calls that were refused, and may keep %d (Limits.MaxResults)", most, c.limits.MaxResults)
	}
	return nil
}

// mayImport says why references of the peer's are not taken. The mutex is held.
func (c *Conn) mayImport(refs []wire.Ref) *CallError {
	if have := c.s.imports.n; len(refs) > c.limits.MaxImports-have {
		if fresh := c.unknown(refs); fresh > c.limits.MaxImports-have {
			return refuse(CodeTooMany, "%d objects of the peer's are held already, and %d more would pass the limit, %d (Limits.MaxImports of who holds them)", have, fresh, c.limits.MaxImports)
		}
	}
	return nil
}

// unknown counts those references that would be new here. The mutex is held.
func (c *Conn) unknown(refs []wire.Ref) (n int) {
	for _, ref := range refs {
		if ref.Kind == wire.RefExport && c.s.imports.get(ref.ID) == nil {
			n++
		}
	}
	return n
}

// weigh has the body of a call counted until the call has returned: whoever serves it may keep it as long. The mutex is held.
func (c *Conn) weigh(a *answer) {
	if l := a.lacks; l != nil && l.bulk != nil {
		a.weight, l.bulk.counted = l.bulk.counted, 0
		return
	}
	a.weight = uint64(len(a.in.Body.Data))
	c.s.arriving += a.weight
}

// aim finds the target of a call. The mutex is held.
func (c *Conn) aim(a *answer, f *wire.Call) *CallError {
	switch {
	case f.Target == 0:
	case f.Target > 0:
		have := c.s.exports.byID.get(uint64(f.Target))
		if have == nil {
			return refuse(CodeNoTarget, "no object has the number %d: it was released, or never handed out", f.Target)
		}
		a.in.Target = have.object
	default:
		if have := c.s.answers[uint64(-f.Target)]; have == nil || !have.keep {
			return refuse(CodeNoTarget, "no result of call %d is kept", -f.Target)
		}
		a.aimed = true
	}
	return nil
}
