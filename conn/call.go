package conn

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/rgo-project/rgo/internal/wire"
)

// Pending is a call of ours, from when it was queued. It may be used by many goroutines at once, and as the Target or in the Refs of further
// requests if it was started with Keep.
type Pending struct {
	c  *Conn
	id uint64
	about
	keep   bool
	oneWay bool
	ends   bool // its context can end, or Cancel can give it up

	scope *Scope   // gives back what it brings; may be nil
	level uint64   // the round trips that were over when it was made
	seen  *watched // if somebody watched then

	alone bool                   // no other call was under way when it was queued
	frame uint64                 // its number in the writer's queue
	refs  []wire.Ref             // what its frame names
	depth int                    // how deep it is nested
	from  atomic.Pointer[answer] // the call, of whatever connection, that it was made for; nil if there is none, or when it is settled
	bulky bool                   // its body goes in pieces

	over atomic.Bool   // ret and err are final
	wake chan struct{} // has one slot, and is told when they are; nil if nobody waits in Call
	ret  Return
	err  error

	// Guarded by c.mu.
	done    chan struct{} // closed then; nil if nobody has asked for it
	counted bool          // its references are, or those that were are told otherwise
	settled bool          // over
	rest    *lacking      // what its return lacks, while that comes; may be nil
	back    bool          // its return has been read
	nested  int           // calls of the peer's that are under way and made for this one
	leaned  bool          // something later names it: its frame must go out
	dropped bool          // the result is of no more interest
	kept    *kept
	tether  *tether // may be nil
}

// kept is a result that the peer keeps for us. It is an object of its own so that it can outlive a Pending that nobody holds any more.
type kept struct {
	c        *Conn
	id       uint64
	finished bool // guarded by c.mu
}

// Start queues a call and returns at once, unless the queue is full. The remaining time of ctx goes with the call; when ctx ends before the
// call has returned, the call is given up. A ctx that comes from a handler of c makes the call a nested one.
//
// The request's Body belongs to the connection from then on.
func (c *Conn) Start(ctx context.Context, req *Request) (*Pending, error) {
	p, err := c.start(ctx, req, followed)
	if err != nil {
		return nil, err
	}
	if p.tether != nil {
		p.tether.begin(ctx)
	}
	return p, nil
}

// Call makes a call and waits for what it returns. When ctx ends first, it returns at once, and the call is given up.
func (c *Conn) Call(ctx context.Context, req *Request) (Return, error) {
	p, err := c.start(ctx, req, awaited)
	if err != nil {
		return Return{}, err
	}
	began := p.waiting()
	select {
	case <-p.wake:
	case <-ctx.Done():
		p.cancel(canceled(ctx, true))
		<-p.wake
	}
	c.waiters.Put(p.wake)
	if p.tether != nil { // the peer holds the context
		p.tether.begin(ctx)
	}
	p.waited(ctx, began)
	p.looked()
	return p.ret, p.err
}

// Notify queues a call whose outcome nobody waits for, and which none is sent for. The remaining time of ctx goes with the call; that ctx is cancelled
// afterwards does not end it. What fails at the peer is counted and logged there.
func (c *Conn) Notify(ctx context.Context, req *Request) error {
	req.OneWay = true
	_, err := c.start(ctx, req, free)
	return err
}

// ties are how a call depends on the context that it is made with.
type ties int

const (
	free     ties = iota // not at all
	awaited              // somebody waits for the call, and gives it up when the context ends
	followed             // the context is watched
)

// start queues a call.
func (c *Conn) start(ctx context.Context, req *Request, tied ties) (*Pending, error) {
	p, err := c.tryStart(ctx, req, tied)
	if err == nil {
		return p, nil
	}
	if len(req.Body.Refs) > 0 && (p == nil || !p.counted) {
		c.Discard(req.Body.Refs)
	}
	return nil, err
}

// tryStart is start; an error leaves the exports in the message untold, unless a call is returned that has them counted.
func (c *Conn) tryStart(ctx context.Context, req *Request, tied ties) (*Pending, error) {
	if ctx.Err() != nil {
		return nil, canceled(ctx, false)
	}
	if at, ok := ctx.Deadline(); ok && !time.Now().Before(at) { // its timer is late
		return nil, &CanceledError{Cause: context.DeadlineExceeded, ctx: context.DeadlineExceeded}
	}
	if len(req.Name) > maxName {
		return nil, refuse(CodeTooLarge, "a name of %d bytes, allowed are %d", len(req.Name), maxName)
	}
	if !utf8.ValidString(req.Name) {
		return nil, refuse(CodeBadTarget, "the name %q, which is not UTF-8", req.Name)
	}
	for room := c.w.wait(); room != nil; room = c.w.wait() {
		select {
		case <-room:
		case <-ctx.Done():
			return nil, canceled(ctx, false)
		}
	}
	body, err := c.packBody(&req.Body)
	if err != nil {
		return nil, err
	}
	p := &Pending{
		c: c, about: about{op: req.Op, name: req.Name, since: c.now()}, keep: req.Keep, oneWay: req.OneWay,
		ends:  tied == followed || tied == awaited && ctx.Done() != nil,
		level: c.counts.trips.Load(), seen: c.seen(req),
	}
	if c.cfg.Origins {
		p.site = c.sites.here()
	}
	p.scope = scopeOf(ctx)
	if tied == awaited {
		if p.wake, _ = c.waiters.Get().(chan struct{}); p.wake == nil {
			p.wake = make(chan struct{}, 1)
		}
	}
	if tied == followed && p.ends {
		p.tether = &tether{c: c, p: p}
	}
	if err := c.queueCall(ctx, p, req, &body); err != nil {
		return p, err
	}
	c.w.push(p.alone)
	runtime.KeepAlive(req) // its references are released only behind the frame that names them
	return p, nil
}

// queueCall gives the call its number and queues its frame, in one step, so that frames go out in the order of their numbers.
func (c *Conn) queueCall(ctx context.Context, p *Pending, req *Request, body *packed) error {
	outer := c.outer(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	f := &c.s.call
	defer func() { *f = wire.Call{} }() // what it names may be garbage soon
	*f = wire.Call{
		Op: uint8(req.Op), Name: req.Name, Want: uint8(req.Want), Lane: req.Lane,
		Flags: req.flags(),
	}
	if deadline, ok := ctx.Deadline(); ok {
		f.Timeout = max(time.Until(deadline), 1)
	}
	if p.ends {
		f.Flags |= wire.FlagEnds
	}
	if c.s.ended {
		return &LostError{Cause: c.s.cause}
	}
	if outer != nil && !outer.returned {
		f.Parent, p.depth = outer.id, outer.depth+1
	}
	if err := c.mayCall(f.Parent); err != nil {
		return err
	}
	target, refusal := c.target(req.Target)
	if refusal != nil {
		return refusal
	}
	p.counted = true
	refs, refusal := c.sendRefs(req.Body.Refs, c.originOf("argument of our call", &p.about))
	if refusal != nil {
		return refusal
	}
	c.s.lastCall++
	p.id = c.s.lastCall
	c.announce(body)
	p.bulky = body.bulk != nil
	f.ID, f.Target, f.Refs, f.Body = p.id, target, refs, body.wire
	number, _, ok := c.w.put(f, false)
	if !ok {
		c.unsendRefs(refs)
		c.endSlow()
		return &LostError{Cause: c.s.cause}
	}
	p.frame, p.refs = number, refs
	p.from.Store(serving(ctx))
	if p.tether != nil {
		p.tether.id, p.tether.about = p.id, p.about
	}
	c.s.calls[p.id] = p
	p.alone = len(c.s.calls) == 1
	c.counts.started.Add(1)
	if p.keep {
		p.kept = &kept{c: c, id: p.id}
		runtime.AddCleanup(p, (*kept).finish, p.kept)
		p.scope.addCall(p)
	}
	if p.bulky {
		c.w.putBody(&outgoing{number: f.Body.Number, call: p.id, frame: number, rest: body.bulk, left: int(f.Body.Length), free: body.free})
	}
	return nil
}

func (req *Request) flags() (f uint64) {
	if req.Keep {
		f |= wire.FlagKeep
	}
	if req.OneWay {
		f |= wire.FlagOneWay
	}
	return f
}

// mayCall says whether the peer still takes calls, and so many. The mutex is held.
func (c *Conn) mayCall(parent uint64) error {
	if c.s.theyStop && parent == 0 {
		return refuse(CodeDraining, "%s takes no new calls: it is shutting down", c.peer.title())
	}
	return nil
}

// target turns a request's target into what goes over the wire. The mutex is held.
func (c *Conn) target(target any) (int64, *CallError) {
	switch target := target.(type) {
	case nil:
		return 0, nil
	case *Ref:
		if err := target.usable(c); err != nil {
			return 0, refuse(err.Code, "the target is %s", err.Text)
		}
		return int64(target.id), nil
	case *Pending:
		if err := target.usable(c); err != nil {
			return 0, refuse(err.Code, "the target is %s", err.Text)
		}
		target.leaned = true
		return -int64(target.id), nil
	}
	return 0, refuse(CodeBadTarget, "the target is a %T: want nil, a *Ref or a *Pending", target)
}

// usable says what is wrong with pipelining on p. The mutex is held.
func (p *Pending) usable(c *Conn) *CallError {
	switch {
	case p == nil:
		return refuse(CodeBadTarget, "a nil *Pending")
	case p.c != c:
		return refuse(CodeBadTarget, "a call of another connection, to %s", p.c.peer.title())
	case p.kept == nil:
		return refuse(CodeBadTarget, "a call that was not started with Keep")
	case p.kept.finished || p.dropped:
		return p.whyDropped()
	}
	return nil
}

// whyDropped is why nothing can build on a result that is not kept. What builds on a call that was given up ends as that did. The mutex is held.
func (p *Pending) whyDropped() *CallError {
	var given *CanceledError
	switch {
	case !p.settled || !errors.As(p.err, &given):
		return refuse(CodeBadTarget, "a call that was released")
	case errors.Is(given.ctx, context.DeadlineExceeded):
		return refuse(CodeDeadline, "a call that was given up at its deadline")
	}
	return refuse(CodeCanceled, "a call that was given up")
}

// Done is closed when the call has returned, or its fate is known otherwise.
func (p *Pending) Done() <-chan struct{} {
	if p.over.Load() {
		return ended
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	switch {
	case p.settled:
		return ended
	case p.done == nil:
		p.done = make(chan struct{})
	}
	return p.done
}

// ended is the Done of what is over.
var ended = func() chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}()

// Wait waits for the call. When ctx ends first, the wait ends and the call goes on; see Cancel.
func (p *Pending) Wait(ctx context.Context) (Return, error) {
	if err := p.Settled(ctx); err != nil {
		return Return{}, err
	}
	p.looked()
	return p.ret, p.err
}

// Settled waits until it is known what came of the call, for somebody who will ask for that later, with Wait. It fails only if ctx ends first.
func (p *Pending) Settled(ctx context.Context) error {
	if p.over.Load() {
		return nil
	}
	began := p.waiting()
	select {
	case <-p.Done():
		p.waited(ctx, began)
		return nil
	case <-ctx.Done():
		return fmt.Errorf("conn: waiting for call %q: %w", p.name, canceled(ctx, true))
	}
}

// Now is what the call returned, if it has. It counts as no round trip: it is for what goes on in the same way whether the outcome is there or not.
func (p *Pending) Now() (ret Return, ok bool, err error) {
	if !p.over.Load() {
		return Return{}, false, nil
	}
	return p.ret, true, p.err
}

// Cancel gives the call up: it fails at once, and the peer's handler is told. A call that has returned stays as it is; a kept result is
// dropped by Release. cause may be nil.
func (p *Pending) Cancel(cause error) {
	if cause == nil {
		cause = context.Canceled
	}
	err := &CanceledError{Cause: cause, MayHaveRun: true, ctx: context.Canceled}
	if errors.Is(cause, context.DeadlineExceeded) { // of another call's context, whose caller is told
		err.ctx = context.DeadlineExceeded
	}
	p.cancel(err)
}

func (p *Pending) cancel(err *CanceledError) {
	if p.over.Load() {
		return
	}
	finish := p.c.finishOf(p.id, err)
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.giveUp(err, finish)
}

// giveUp settles a call that has not returned. A frame that is still in the queue is taken out, unless something behind it names the call. The
// mutex is held.
func (p *Pending) giveUp(err *CanceledError, finish *wire.Finish) {
	c := p.c
	if p.settled {
		return
	}
	p.dropped = true
	if p.takeBack() {
		delete(c.s.calls, p.id)
		c.unsendRefs(p.refs)
		err.MayHaveRun = false
		if p.kept != nil {
			p.kept.finished = true
		}
		p.settle(Return{}, err)
		return
	}
	c.untie(p.id)
	finish.What |= wire.FinishResult
	p.finish(finish)
	p.settle(Return{}, err)
}

// Release says that nothing will be pipelined on the call any more: the peer may forget its result. It does not cancel a call that is under way. Only
// calls started with Keep need it, and those that nobody holds any more are released by themselves.
func (p *Pending) Release() {
	if p.kept == nil {
		return
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.dropped = true
	if p.settled {
		p.finish(&wire.Finish{ID: p.id})
	}
}

// finish tells the peer that p is of no more interest, once. The mutex is held.
func (p *Pending) finish(f *wire.Finish) {
	if p.kept != nil {
		if p.kept.finished {
			return
		}
		p.kept.finished = true
	}
	p.c.queueFrame(f)
}

// finish is called by the runtime when nobody holds the Pending any more. That is after the call has returned: until then the table holds it.
func (k *kept) finish() {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	if !k.finished {
		k.finished = true
		k.c.queueFrame(&wire.Finish{ID: k.id})
	}
}

// takeBack takes the call out of the queue, unless it has left that already or something behind it names it. It reports whether the peer will never
// see it. The mutex is held.
func (p *Pending) takeBack() bool { return !p.leaned && p.c.w.remove(p.frame) }

// settle makes the outcome of a call final. The mutex is held; p may have been settled before.
func (p *Pending) settle(ret Return, err error) {
	if p.settled {
		return
	}
	p.settled = true
	p.from.Store(nil)
	p.ret, p.err = ret, err
	if t := p.tether; t != nil {
		t.p = nil
		if p.c.s.tethers[p.id] != t {
			t.end()
		}
	}
	if p.bulky {
		p.c.w.dropBody(p.id, false)
	}
	if p.rest != nil { // given up, or lost
		p.rest.giveUp()
		delete(p.c.s.calls, p.id)
		p.rest = nil
	}
	if p.dropped && p.kept != nil && err == nil {
		p.finish(&wire.Finish{ID: p.id})
	}
	p.over.Store(true)
	if p.done != nil {
		close(p.done)
	}
	if p.wake != nil {
		p.wake <- struct{}{} // has room for one
	}
}

// receiveReturn handles a return frame: it counts the references, whoever still wants them, and settles the call.
func (c *Conn) receiveReturn(f *wire.Return) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.s.ended {
		return nil
	}
	p := c.s.calls[f.ID]
	if p == nil || p.back {
		return &ProtocolError{Text: "it returned call " + utoa(f.ID) + ", which is not under way"}
	}
	p.back = true
	c.s.read = p.frame + 1
	if p.settled { // given up
		delete(c.s.calls, f.ID)
		return c.dropMessage(f.Refs, f.Body)
	}
	if refusal := c.mayImport(f.Refs); refusal != nil {
		delete(c.s.calls, f.ID)
		err := c.dropMessage(f.Refs, f.Body)
		p.settle(Return{}, refuse(refusal.Code, "the result of %q cannot be taken: %s", p.name, refusal.Text))
		return err
	}
	msg, lacks, err := c.receiveMessage(f.Refs, f.Body, c.originOf("result of our call", &p.about), p.scope)
	if err != nil {
		return err
	}
	if f.Held {
		if err := c.tie(p); err != nil {
			return err
		}
	}
	if lacks != nil {
		later := *f // the reader's own is for the next frame
		p.rest = lacks
		lacks.await(func() { p.settleWhole(&later, msg, lacks) })
		return nil
	}
	delete(c.s.calls, f.ID)
	p.settle(outcome(f, msg))
	return nil
}

// settleWhole settles a call when all of its return has come, ahead of whatever comes next, which may be the peer's goodbye. The mutex is held.
func (p *Pending) settleWhole(f *wire.Return, msg Message, lacks *lacking) {
	p.rest = nil
	delete(p.c.s.calls, p.id)
	var broken *brokenPromise
	switch err := lacks.err; {
	case errors.As(err, &broken):
		p.settle(Return{}, refuse(CodeBadReply, "what %q returned names the result of call %d of the peer's, which has failed", p.name, broken.of.id))
		return
	case err != nil:
		p.settle(Return{}, err)
		return
	}
	if lacks.bulk != nil {
		msg.Data = lacks.bulk.data
	}
	p.settle(outcome(f, msg))
}

// outcome makes of a return what Wait returns.
func outcome(f *wire.Return, msg Message) (Return, error) {
	if f.Status != wire.StatusRefused {
		return Return{Body: msg, Failed: f.Status == wire.StatusFailed, Held: f.Held}, nil
	}
	r := wire.NewReader(msg.Data)
	if n, err := r.Array(); err != nil || n < 2 {
		return Return{}, refuse(CodeNoReply, "the peer refused the call without saying why")
	}
	code, err := r.Uint()
	if err != nil {
		return Return{}, refuse(CodeNoReply, "the peer refused the call without a code: %v", err)
	}
	text, err := r.Text()
	if err != nil {
		return Return{}, refuse(Code(code), "the peer refused the call without a text: %v", err)
	}
	return Return{}, &CallError{Code: Code(code), Text: text}
}

// receiveGoAway handles a goaway frame. Calls of ours that will not be run come back refused, each on its own.
func (c *Conn) receiveGoAway(*wire.GoAway) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.theyStop = true
}
