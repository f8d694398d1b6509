package conn

import (
	"context"
	"errors"
	"runtime/debug"
	"sync/atomic"

	"github.com/rgo-project/rgo/internal/wire"
)

// answer is a call of the peer's, from when its frame was read until it has returned and its result is not kept any more.
type answer struct {
	c  *Conn
	id uint64
	about
	keep   bool
	oneWay bool
	ends   bool     // the caller's context can end, of which it will tell
	outer  *Pending // the call of ours that it serves; nil if it is not nested
	depth  int
	ctx    context.Context // &own: ends when the call is given up, is over, or the connection ends; nil if the call is not to be run
	own    callContext

	in     Inbound         // Target and Body are filled in when they have arrived
	stage  atomic.Int32    // how far it is, for a Dump
	msg    arriving        // Body; its last reference may stand for Target
	aimed  bool            // the last reference of msg is the target, a promised result
	before <-chan struct{} // if not nil, closed when the call before it in its lane is over
	lane   uint64
	lined  bool          // in its lane, and the next call there may not run yet
	over   chan struct{} // if not nil, closed when it may; guarded by c.mu

	done chan struct{} // if not nil, closed when it is known what those see who wait for the result

	// Guarded by c.mu, and final once done is closed.
	known  bool // done is closed
	broken bool // the call has failed: what waits for it fails likewise
	value  any  // what they see otherwise

	// Guarded by c.mu. reply and refusal may also be read once done is closed if the call is broken.
	returned bool
	counted  bool         // the references of its reply are
	finished bool         // the peer wants the result no more
	held     *heldContext // what the handler has asked for, until it has returned; may be nil
	reply    Reply
	refusal  *CallError
}

// failed says whether calls that build on a fail. a has returned.
func (a *answer) failed() bool { return a.reply.Failed || a.refusal != nil }

// receiveCall handles a call frame: everything that depends on the order of frames is done here; then the call goes its own way.
func (c *Conn) receiveCall(f *wire.Call) error {
	a, err := c.takeCall(f)
	if a == nil {
		return err
	}
	select {
	case c.idlers <- a:
	default:
		c.spawn(func() { c.work(a) }) // ends when there is nothing to do; joined by Wait
	}
	return nil
}

// maxIdlers bounds the goroutines that wait for the next call, instead of a new one being started with a stack that has yet to grow.
const maxIdlers = 16

// work runs calls, the first and those that come while it idles. A handler that leaves by runtime.Goexit takes the goroutine with it.
func (c *Conn) work(a *answer) {
	for {
		a.run()
		if c.idling.Add(1) > maxIdlers {
			c.idling.Add(-1)
			return
		}
		select {
		case a = <-c.idlers:
			c.idling.Add(-1)
		case <-c.ending:
			return
		}
	}
}

// takeCall enters a call into the tables. It returns nil if the call is not to be run.
func (c *Conn) takeCall(f *wire.Call) (*answer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
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
	refusal := c.admit(a)
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
	}
	c.s.running++
	*c.siblings(a)++
	c.s.answers[a.id] = a
	if a.keep {
		a.done = make(chan struct{})
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

// admit says why a call is not taken. A nested call is not counted together with those that may be waiting for it, so the limit cannot make
// them wait for ever; how deep calls nest has a limit of its own. The mutex is held.
func (c *Conn) admit(a *answer) *CallError {
	switch {
	case c.s.draining && a.outer == nil:
		return refuse(CodeDraining, "no new calls are taken: shutting down")
	case c.handler.Load() == nil:
		return refuse(CodeNothing, "nothing is offered here")
	case *c.siblings(a) >= c.limits.MaxCalls:
		return refuse(CodeTooMany, "%d calls are under way already, the limit", c.limits.MaxCalls)
	case len(c.s.answers)-c.s.running >= c.limits.MaxResults:
		return refuse(CodeTooMany, "%d results are kept already, the limit: release some", len(c.s.answers)-c.s.running)
	case a.depth > c.limits.MaxDepth:
		return refuse(CodeTooDeep, "%d calls nested in each other, the limit", c.limits.MaxDepth)
	}
	return nil
}

// aim finds the target of a call. The mutex is held.
func (c *Conn) aim(a *answer, f *wire.Call) *CallError {
	switch {
	case f.Target == 0:
	case f.Target > 0:
		have := c.s.exports.byID[uint64(f.Target)]
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

// receiveMessageFor takes up the body of a call. A target that is a promised result is treated as one more reference. The mutex is held.
func (c *Conn) receiveMessageFor(a *answer, f *wire.Call) error {
	m := &a.msg
	err := c.receiveMessage(m, f.Refs, f.Body, c.originOf("argument of the peer's call", &a.about), nil)
	if err != nil || !a.aimed {
		return err
	}
	m.Refs = append(m.Refs, nil)
	m.promise(len(m.Refs)-1, c.s.answers[uint64(-f.Target)])
	return nil
}

// queueInLane puts a behind the last call of its lane. The mutex is held.
func (c *Conn) queueInLane(a *answer) {
	if last := c.s.lanes[a.lane]; last != nil {
		last.over = make(chan struct{})
		a.before = last.over
	}
	if c.s.lanes == nil {
		c.s.lanes = make(map[uint64]*answer)
	}
	a.lined = true
	a.in.Lane = a.lane
	c.s.lanes[a.lane] = a
}

// leaveLane lets the next call of a's lane run, when a and all before it are over.
func (a *answer) leaveLane() {
	if !a.lined {
		return
	}
	if a.before != nil { // a was given up while it waited for its turn
		select {
		case <-a.before:
		case <-a.c.ending:
		}
	}
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	a.freeLane()
}

// freeLane lets the next call of a's lane run. The mutex is held.
func (a *answer) freeLane() {
	if !a.lined {
		return
	}
	a.lined = false
	if a.over != nil {
		close(a.over)
	}
	if a.c.s.lanes[a.lane] == a {
		delete(a.c.s.lanes, a.lane)
	}
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
	close(a.done)
}

// run runs one call, in a goroutine of work's.
func (a *answer) run() {
	defer a.leaveLane()
	left := true
	var reply Reply
	var refusal *CallError
	defer func() {
		if left { // a panic, or runtime.Goexit
			refusal = refuse(CodeNoReply, "the handler of %q left without a reply: runtime.Goexit was called", a.in.Name)
			if v := recover(); v != nil {
				a.c.log.Error("handler panicked", "peer", a.c.peer.title(), "call", a.in.Name, "panic", v, "stack", string(debug.Stack()))
				refusal = refuse(CodeNoReply, "the handler of %q panicked: %v", a.in.Name, v)
			}
			a.c.answer(a, Reply{}, refusal)
		}
		a.own.end(context.Canceled)
		if a.own.stop != nil {
			a.own.stop()
		}
	}()
	reply, refusal = a.serve()
	left = false
	a.c.answer(a, reply, refusal)
}

// serve waits for what the call needs, and runs it.
func (a *answer) serve() (Reply, *CallError) {
	if !a.msg.ready() {
		if err := a.msg.arrive(a.ctx.Done()); err != nil {
			return a.unserved(err)
		}
	}
	if a.before != nil {
		a.stage.Store(stageLane)
		select {
		case <-a.before:
			a.before = nil
		case <-a.ctx.Done():
			return a.unserved(errGivenUp)
		}
	}
	if a.ctx.Err() != nil {
		return a.unserved(errGivenUp)
	}
	a.in.Body = a.msg.Message
	if a.aimed {
		last := len(a.in.Body.Refs) - 1
		a.in.Target = a.in.Body.Refs[last]
		a.in.Body.Refs = a.in.Body.Refs[:last:last]
	}
	a.msg = arriving{}
	a.c.counts.served.Add(1)
	a.stage.Store(stageRuns)
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
		return Reply{Body: broken.of.reply.Body, Failed: broken.of.reply.Failed}, broken.of.refusal
	case errors.As(err, &refusal):
		return Reply{}, refusal
	case errors.Is(err, errGivenUp) && errors.Is(a.ctx.Err(), context.DeadlineExceeded):
		return Reply{}, refuse(CodeDeadline, "the deadline passed before it was run")
	case errors.Is(err, errGivenUp):
		return Reply{}, refuse(CodeCanceled, "given up before it was run: %v", context.Cause(a.ctx))
	}
	return Reply{}, refuse(CodeBadBody, "%v", err)
}

// answer returns a call, from its own goroutine.
func (c *Conn) answer(a *answer, reply Reply, refusal *CallError) {
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
	if err != nil {
		reply, refusal = Reply{}, refuse(CodeBadReply, "the result of %q cannot be sent: %v", a.in.Name, err)
		body = packed{}
	}
	c.mu.Lock()
	c.returnPacked(a, reply, refusal, &body)
	counted := a.counted && !a.oneWay
	alone := c.s.running == 0
	c.mu.Unlock()
	c.w.push(alone)
	if len(refs) > 0 && !counted {
		c.Discard(refs)
	}
}

// returnPacked queues the one return of a call and settles what follows from it. The mutex is held.
func (c *Conn) returnPacked(a *answer, reply Reply, refusal *CallError, body *packed) {
	if a.returned {
		return
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
		if a.reply.Failed = reply.Failed; reply.Failed && refusal == nil { // what is built on it fails with the same
			a.reply.Body = reply.Body
		}
		if !a.known {
			a.settle(reply.Value, a.failed())
		}
	}
	c.s.running--
	*c.siblings(a)--
	if !a.keep || a.finished {
		delete(c.s.answers, a.id)
	}
	if c.s.running == 0 && c.s.idle != nil {
		close(c.s.idle)
		c.s.idle = nil
	}
	if c.s.ended {
		return
	}
	neverRun := a.ctx == nil // then it is the reader that refuses it, and cannot wait
	number, ok := c.w.put(wire.AppendHead(c.w.buffer(), f), f.Body.Inline, neverRun)
	if !ok {
		c.endSlow()
		return
	}
	if f.Body.Number != 0 {
		c.w.putBody(&outgoing{number: f.Body.Number, call: a.id, reply: true, frame: number, rest: body.bulk, left: int(f.Body.Length)})
	}
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
	if a.held != nil {
		a.held.end(given.contextErr(), given)
	}
}
