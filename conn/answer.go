package conn

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/rgo-project/rgo/internal/wire"
)

// answer is a call of the peer's, from when its frame was read until it has returned and its result is not kept any more.
type answer struct {
	c  *Conn
	id uint64
	about
	lane  uint64
	outer *Pending // the call of ours that it serves; nil if it is not nested
	depth int
	ctx   context.Context // &own: ends when the call is given up, is over, or the connection ends; nil if the call is not to be run
	own   callContext
	in    Inbound // until it runs, its target may be the last reference of its body instead
	aimed bool    // it is: a promised result

	keep   bool
	oneWay bool
	ends   bool // the caller's context can end, of which it will tell

	// Guarded by c.mu.
	stage    stage
	lined    bool // in its lane, and the next call there may not run yet
	returned bool
	counted  bool         // the references of its reply are
	finished bool         // the peer wants the result no more
	weight   uint64       // of its body, as counted in state.arriving
	lacks    *lacking     // what of in.Body is still to come; nil if nothing was
	expire   func() bool  // ends the watching of its deadline while it waits; may be nil
	prev     *answer      // in its lane
	next     *answer      // in its lane
	behind   *answer      // in the list of calls that are to be run
	held     *heldContext // what the handler has asked for, until it has returned; may be nil

	// Guarded by c.mu, and final once known is set: what those see who wait for the result, if it is kept.
	known   bool
	broken  bool // the call has failed: what waits for it fails likewise, as the next two say
	refusal *CallError
	failure *Message
	value   any // what they see otherwise
	waiting []promise
}

// failed says whether calls that build on a fail. a has returned.
func (a *answer) failed() bool { return a.failure != nil || a.refusal != nil }

// broke is what calls are answered with that build on a, which has failed.
func (a *answer) broke() (Reply, *CallError) {
	if a.failure == nil {
		return Reply{}, a.refusal
	}
	return Reply{Body: *a.failure, Failed: true}, nil
}

// receiveCall handles a call frame: everything that depends on the order of frames is done here; then the call goes its own way.
func (c *Conn) receiveCall(f *wire.Call) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, err := c.takeCall(f)
	if a != nil {
		c.mayRun(a)
		c.watchDeadline(a)
	}
	return err
}

// takeCall enters a call into the tables. It returns nil if the call is not to be run. The mutex is held.
func (c *Conn) takeCall(f *wire.Call) (*answer, error) {
	if c.s.ended {
		return nil, nil
	}
	if f.ID <= c.s.lastAnswer {
		return nil, &ProtocolError{Text: "it began call " + utoa(f.ID) + " after call " + utoa(c.s.lastAnswer)}
	}
	c.s.lastAnswer = f.ID
	a := &answer{
		c: c, id: f.ID, about: about{op: Op(f.Op), name: f.Name, since: c.now()}, lane: f.Lane,
		keep: f.Flags&wire.FlagKeep != 0, oneWay: f.Flags&wire.FlagOneWay != 0,
		ends: f.Flags&wire.FlagEnds != 0,
		in:   Inbound{Op: Op(f.Op), Name: f.Name, Want: Want(f.Want)},
	}
	a.in.Keep, a.in.OneWay, a.in.answer = a.keep, a.oneWay, a
	if outer := c.s.calls[f.Parent]; outer != nil {
		a.outer, a.depth = outer, outer.depth+1
	}
	refusal := c.admit(a, f)
	if refusal == nil {
		refusal = c.aim(a, f)
	}
	if refusal != nil {
		if err := c.dropMessage(f.Refs, f.Body); err != nil {
			return nil, err
		}
	} else {
		if err := c.receiveMessageFor(a, f); err != nil {
			return nil, err
		}
		c.weigh(a)
	}
	c.s.running++
	*c.siblings(a)++
	c.s.answers[a.id] = a
	if err := c.mayKeep(a); err != nil {
		return nil, err
	}
	if refusal != nil {
		if text := a.lost(Reply{}, refusal); text != "" {
			c.spawn(func() { c.lostCall(a.in.Name, text) }) // ends with the user's logger; joined by Wait
		}
		c.returnPacked(a, Reply{}, refusal, &packed{})
		c.w.signal()
		return nil, nil
	}
	if a.lane != 0 && a.outer == nil {
		c.queueInLane(a)
	}
	c.newContext(a, f.Timeout)
	return a, nil
}

// siblings counts the calls of the peer's that are under way: each call of ours has its own count of those nested in it, and those that are
// not nested have one.
func (c *Conn) siblings(a *answer) *int {
	if a.outer != nil {
		return &a.outer.nested
	}
	return &c.s.outermost
}

// receiveMessageFor takes up the body of a call. A target that is a promised result is treated as one more reference. The mutex is held.
func (c *Conn) receiveMessageFor(a *answer, f *wire.Call) (err error) {
	body := &a.in.Body
	*body, a.lacks, err = c.receiveMessage(f.Refs, f.Body, c.originOf("argument of the peer's call", &a.about), nil)
	if err != nil {
		return err
	}
	if a.aimed {
		body.Refs = append(body.Refs, nil)
		a.lacks = c.promise(&body.Refs[len(body.Refs)-1], c.s.answers[uint64(-f.Target)], a.lacks)
	}
	if a.lacks != nil {
		a.lacks.await(func() { c.mayRun(a) })
	}
	return nil
}

// mayRun has a call run that waits for nothing any more: what it needs is there, or never will be, and its turn in its lane has come. The mutex is held.
func (c *Conn) mayRun(a *answer) {
	if a.stage != stageWaits || a.ctx == nil {
		return
	}
	if l := a.lacks; l == nil || l.over && l.err == nil {
		if a.prev == nil {
			c.ready(a)
		}
	} else if l.over {
		c.ready(a)
	}
}

// watchDeadline has a call that waits given up at its deadline; when it runs, that is for its handler to see. The mutex is held.
func (c *Conn) watchDeadline(a *answer) {
	if a.stage == stageWaits && a.own.stop != nil {
		a.expire = context.AfterFunc(a.own.made, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.stopWaiting(a)
		})
	}
}

// stopWaiting has a call answered whose context has ended, if it still waits. The mutex is held.
func (c *Conn) stopWaiting(a *answer) {
	if a.stage != stageWaits || a.ctx == nil {
		return
	}
	if a.lacks != nil {
		a.lacks.giveUp()
	}
	c.ready(a)
}

// goAhead lets those who wait for a go on before it has returned. It is running.
func (a *answer) goAhead(value any) {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	a.freeLane()
	if a.keep && !a.known {
		a.settle(value, false)
	}
}

// settle makes final what those see who wait for the result. The mutex is held.
func (a *answer) settle(value any, broken bool) {
	a.known, a.value, a.broken = true, value, broken
	for _, p := range a.waiting {
		if broken {
			p.in.fail(&brokenPromise{of: a})
		} else {
			p.keep(value)
		}
	}
	a.waiting = nil
}

// run runs one call, in a worker, which a handler that calls runtime.Goexit takes with it.
func (a *answer) run() (reply Reply, refusal *CallError) {
	left := true
	defer func() {
		if !left {
			return
		}
		if v := recover(); v != nil {
			a.c.log.Error("handler panicked", "peer", a.c.peer.title(), "call", a.in.Name, "panic", v, "stack", string(debug.Stack()))
			refusal = refuse(CodeNoReply, "the handler of %q panicked: %v", a.in.Name, v)
			return
		}
		a.c.answer(a, Reply{}, refuse(CodeNoReply, "the handler of %q left without a reply: runtime.Goexit was called", a.in.Name), nil)
	}()
	reply, refusal = a.serve()
	left = false
	return reply, refusal
}

// serve runs the handler, if the call is still wanted and has all that it needs.
func (a *answer) serve() (Reply, *CallError) {
	if l := a.lacks; l != nil {
		if a.lacks = nil; l.err != nil {
			return a.unserved(l.err)
		}
		if l.bulk != nil {
			a.in.Body.Data = l.bulk.data
		}
	}
	if a.ctx.Err() != nil {
		return a.unserved(errGivenUp)
	}
	if a.aimed {
		last := len(a.in.Body.Refs) - 1
		a.in.Target = a.in.Body.Refs[last]
		a.in.Body.Refs = a.in.Body.Refs[:last:last]
	}
	a.c.counts.served.Add(1)
	reply := (*a.c.handler.Load()).Serve(a.ctx, &a.in)
	a.in.Target, a.in.Body = nil, Message{} // what is kept of the call is its result
	return reply, nil
}

// unserved makes the reply of a call that was not run.
func (a *answer) unserved(err error) (Reply, *CallError) {
	var broken *brokenPromise
	var refusal *CallError
	switch {
	case errors.As(err, &broken): // it fails as that one did
		return broken.of.broke()
	case errors.As(err, &refusal):
		return Reply{}, refusal
	case errors.Is(err, errGivenUp) && errors.Is(a.ctx.Err(), context.DeadlineExceeded):
		return Reply{}, refuse(CodeDeadline, "the deadline passed before it was run")
	case errors.Is(err, errGivenUp):
		return Reply{}, refuse(CodeCanceled, "given up before it was run: %v", context.Cause(a.ctx))
	}
	return Reply{}, refuse(CodeBadBody, "%v", err)
}

// answer returns a call, and takes the next one for w, which has run it; w is nil if it runs no more.
func (c *Conn) answer(a *answer, reply Reply, refusal *CallError, w *worker) (next *answer) {
	if text := a.lost(reply, refusal); text != "" {
		c.lostCall(a.in.Name, text)
	}
	reply.Err = nil
	refs := reply.Body.Refs
	if a.oneWay {
		reply.Body = Message{}
	}
	for room := c.w.wait(); room != nil; room = c.w.wait() {
		select {
		case <-room:
		case <-c.ending:
			room = nil
		}
	}
	body, err := c.packBody(&reply.Body)
	if err == nil && body.bulk != nil {
		err = c.w.mayReply(int(body.wire.Length), c.limits.MaxBulk)
	}
	if err != nil {
		reply, refusal = Reply{}, refuse(CodeBadReply, "the result of %q cannot be sent: %v", a.in.Name, err)
		body = packed{}
	}
	a.own.end(context.Canceled)
	if a.own.stop != nil {
		a.own.stop()
	}
	c.mu.Lock()
	queued := c.returnPacked(a, reply, refusal, &body)
	if len(refs) > 0 && (!a.counted || a.oneWay) {
		c.mu.Unlock()
		c.Discard(refs) // may call code of the user's
		c.mu.Lock()
	}
	if w != nil {
		next = c.next(w)
	}
	write := !c.holds(next, queued)
	others := c.s.running > 0
	c.mu.Unlock()
	if write {
		c.flush(next == nil && others)
	}
	return next
}

// returnPacked queues the one return of a call and settles what follows from it. It returns how many bytes are queued now. The mutex is held.
func (c *Conn) returnPacked(a *answer, reply Reply, refusal *CallError, body *packed) (queued int) {
	if a.returned {
		return 0
	}
	f := &c.s.ret
	defer func() { *f = wire.Return{} }() // what it names may be garbage soon
	c.announce(body)
	*f = wire.Return{ID: a.id, Body: body.wire}
	if refusal == nil && !c.s.ended {
		a.counted = len(reply.Body.Refs) > 0
		f.Refs, refusal = c.sendRefs(reply.Body.Refs, c.originOf("result of the peer's call", &a.about))
		if refusal != nil {
			refusal = refuse(CodeBadReply, "the result of %q cannot be sent: %s", a.in.Name, refusal.Text)
		}
	}
	switch {
	case refusal != nil:
		f.Status = wire.StatusRefused
		f.Body = wire.Body{Inline: refusal.encode()}
	case reply.Failed:
		f.Status = wire.StatusFailed
	}
	f.Held = c.leave(a) && a.ends
	a.returned, a.refusal = true, refusal
	if a.keep {
		if reply.Failed && refusal == nil { // what is built on it fails with the same
			failure := reply.Body
			a.failure = &failure
		}
		if !a.known {
			a.settle(reply.Value, a.failed())
		}
	}
	c.s.running--
	*c.siblings(a)--
	c.s.arriving -= a.weight
	a.in.Target, a.in.Body, a.lacks = nil, Message{}, nil // what is kept of the call is its result
	a.freeLane()
	if !a.keep || a.finished {
		delete(c.s.answers, a.id)
	}
	if c.s.running == 0 && c.s.idle != nil {
		close(c.s.idle)
		c.s.idle = nil
	}
	if c.s.ended {
		return 0
	}
	neverRun := a.ctx == nil // then it is the reader that refuses it, and cannot wait
	number, waiting, ok := c.w.put(f, neverRun)
	if !ok {
		c.endSlow()
		return 0
	}
	if f.Body.Number != 0 {
		c.w.putBody(&outgoing{number: f.Body.Number, call: a.id, reply: true, frame: number, rest: body.bulk, size: int(f.Body.Length), left: int(f.Body.Length), free: body.free})
	}
	return waiting
}

func (e *CallError) encode() []byte {
	b := wire.AppendArray(nil, 2)
	b = wire.AppendUint(b, uint64(e.Code))
	return wire.AppendText(b, clip(e.Text, maxReason))
}

// receiveFinish handles a finish frame. It may come too late, or twice: that is no error, for finish and return cross each other.
func (c *Conn) receiveFinish(f *wire.Finish) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endHeld(f)
	if f.What == 0 || f.What&wire.FinishResult != 0 {
		c.w.dropBody(f.ID, true)
	}
	a := c.s.answers[f.ID]
	if a == nil {
		return
	}
	if a.returned {
		if f.What == 0 || f.What&wire.FinishResult != 0 {
			delete(c.s.answers, f.ID)
		}
		return
	}
	a.finished = true
	given := c.given(f)
	a.own.end(given)
	c.stopWaiting(a)
	if a.held != nil {
		a.held.end(given.contextErr(), given)
	}
}
