package netproxy

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
	"weak"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// A channel of the other side that arrives where a channel type is wanted becomes a channel here with a bridge: a goroutine of the connection that takes values
// out of one and puts them into the other. A receiving bridge ends when the channel is closed, when the connection ends, and when nobody
// here holds the channel any more; a sending one, when the channel is closed or the connection ends.
type bridge struct {
	p    *Proxy
	both reflect.Type // the type of the channel here, in both directions
	how  conn.Want
}

// Bounds of what a peer can make us keep by handing us channels.
const (
	maxBridges  = 4096    // at one time
	maxCapacity = 4096    // values
	maxBuffer   = 1 << 20 // bytes, of values without what they point to
)

// bridged are the channels of this process that were made of proxies. A channel keeps its proxy.
var bridged struct {
	sync.Mutex
	of   map[funcKey]*Proxy // by the channel
	here map[bridgeKey]funcKey
}

type bridgeKey struct {
	p    weakProxy
	both reflect.Type
	dir  reflect.ChanDir
}

// makeChan makes a channel of p.
func (s *Space) makeChan(p *Proxy, t reflect.Type) (reflect.Value, error) {
	if p.space == nil {
		return reflect.Value{}, fail(ErrArgument, "%s cannot become a %s", p, t)
	}
	s = p.space
	if t.ChanDir() == reflect.BothDir {
		return reflect.Value{}, fail(ErrArgument, "a %s of the other side cannot become a %s: values would have to cross both ways at once, and each end would "+
			"take back its own; take a %s, a %s, or a *netproxy.Proxy", p.Type(), t, reflect.ChanOf(reflect.RecvDir, t.Elem()), reflect.ChanOf(reflect.SendDir, t.Elem()))
	}
	if err := p.channelAs(t); err != nil {
		return reflect.Value{}, err
	}
	both := reflect.ChanOf(reflect.BothDir, t.Elem())
	key := bridgeKey{weak.Make(p), both, t.ChanDir()}
	bridged.Lock()
	defer bridged.Unlock()
	if have := bridged.here[key].Value(); have != nil {
		return channelAt(both, have).Convert(t), nil
	}
	if s.bridges.Add(1) > maxBridges {
		s.bridges.Add(-1)
		return reflect.Value{}, fail(ErrUnsupported, "%d channels of %s are in use here already: take a *netproxy.Proxy", maxBridges, s.peer())
	}
	ch := reflect.MakeChan(both, p.capacity(t.Elem()))
	at := (*byte)(ch.UnsafePointer())
	here := weak.Make(at)
	b := &bridge{p: p, both: both, how: wantOf(t.Elem())}
	ctx, cancel := context.WithCancel(s.c.Context())
	work := func() { b.receive(ctx, here) }
	if t.ChanDir() == reflect.SendDir {
		work = func() { b.send(ctx, ch) }
	}
	if !s.c.Go(func() { defer s.bridges.Add(-1); defer cancel(); work() }) { // ends as the type says; joined by Wait
		s.bridges.Add(-1)
		cancel()
		if t.ChanDir() == reflect.RecvDir {
			ch.Close()
		}
	}
	if bridged.of == nil {
		bridged.of, bridged.here = make(map[funcKey]*Proxy), make(map[bridgeKey]funcKey)
	}
	bridged.of[here], bridged.here[key] = p, here
	runtime.AddCleanup(at, func(gone bridgeGone) { gone.forget() }, bridgeGone{here, key, cancel})
	return ch.Convert(t), nil
}

// bridgeGone is a channel that nobody holds any more.
type bridgeGone struct {
	here   funcKey
	key    bridgeKey
	cancel context.CancelFunc
}

// forget runs in a goroutine of the runtime's.
func (g bridgeGone) forget() {
	g.cancel()
	bridged.Lock()
	defer bridged.Unlock()
	delete(bridged.of, g.here)
	if bridged.here[g.key] == g.here {
		delete(bridged.here, g.key)
	}
}

// bridgedOf returns the proxy that a channel was made of, or nil.
func bridgedOf(ch reflect.Value) *Proxy {
	if ch.IsNil() {
		return nil
	}
	bridged.Lock()
	defer bridged.Unlock()
	if len(bridged.of) == 0 {
		return nil
	}
	return bridged.of[weak.Make((*byte)(ch.UnsafePointer()))]
}

// channelAt is the channel at an address.
func channelAt(t reflect.Type, at *byte) reflect.Value {
	p := unsafe.Pointer(at)
	return reflect.NewAt(t, unsafe.Pointer(&p)).Elem()
}

// directions of channels, by how the names of their types begin.
var directions = []struct {
	prefix string
	dir    reflect.ChanDir
}{{"<-chan ", reflect.RecvDir}, {"chan<- ", reflect.SendDir}, {"chan ", reflect.BothDir}}

// channelAs says whether p, as far as its type is known, can become a channel of type t.
func (p *Proxy) channelAs(t reflect.Type) error {
	refused := fail(ErrArgument, "a %s of the other side cannot become a %s", p.Type(), t)
	for _, d := range directions {
		name, ok := strings.CutPrefix(p.typ, d.prefix)
		if !ok {
			continue
		}
		if d.dir&t.ChanDir() == 0 {
			return refused
		}
		elem, ok := parseType(name, func(name string) (reflect.Type, bool) {
			if known, ok := p.space.knownType(name); ok {
				return known, true
			}
			return reflect.TypeFor[unknownType](), true
		})
		if ok && !mayBecome(elem, t.Elem()) && !mayBecome(t.Elem(), elem) {
			return refused
		}
		return nil
	}
	if known, ok := p.LocalType(); ok && known.Kind() != reflect.Chan || strings.HasPrefix(p.typ, "*") || strings.HasPrefix(p.typ, "func(") {
		return refused
	}
	return nil // nothing is known: the bridge will tell
}

// capacity is the capacity of the channel that is made of p: that of the one over there, within bounds. References to channels bring it.
func (p *Proxy) capacity(elem reflect.Type) int {
	for _, d := range directions {
		if strings.HasPrefix(p.typ, d.prefix) && p.digest > 0 {
			return int(min(p.digest-1, maxCapacity, maxBuffer/max(1, uint64(elem.Size()))))
		}
	}
	return 0
}

// capacityOf is what a reference to a channel brings in place of a digest of members: its capacity, and one.
func capacityOf(v reflect.Value) (n uint64, ok bool) {
	if v.Kind() != reflect.Chan || v.Type().Name() != "" {
		return 0, false
	}
	return uint64(v.Cap()) + 1, true
}

// receive is a receiving bridge. While it waits for the other side it does not hold the channel. It takes as many values ahead as the channel has
// room for, and one more, which is in its hand.
func (b *bridge) receive(ctx context.Context, here funcKey) {
	for {
		most, ok := b.room(here)
		if !ok {
			return
		}
		body := wire.AppendUint(wire.AppendUint(wire.AppendArray(nil, 2), uint64(most)), uint64(b.how))
		ret, err := b.call(ctx, opReceive, conn.Message{Data: body})
		var r *pageReader
		if err == nil {
			r, err = b.p.space.readPage(ret)
		}
		if !b.deliver(ctx, here, r, err) {
			return
		}
	}
}

// room is how many values the channel can take, with one in the hand. ok is false if nobody holds the channel.
func (b *bridge) room(here funcKey) (n int, ok bool) {
	at := here.Value()
	if at == nil {
		return 0, false
	}
	ch := channelAt(b.both, at)
	return min(ch.Cap()-ch.Len()+1, pageItems), true
}

// inside is a context of a bridge for its calls that are nested in a call.
type inside struct {
	context.Context
	call context.Context // for its values
}

// Value implements context.Context.
func (ctx inside) Value(key any) any {
	if v := ctx.Context.Value(key); v != nil {
		return v
	}
	return ctx.call.Value(key)
}

// call makes a call that nobody is said to have waited for: a bridge has nothing else to do. It is nested in the call that the channel is an argument of, while that
// runs: what a callee needs to go on is not refused by a caller that takes nothing new.
func (b *bridge) call(ctx context.Context, op conn.Op, body conn.Message) (conn.Return, error) {
	target, err := b.p.target()
	if err != nil {
		return conn.Return{}, err
	}
	if in := b.p.nested(); in != nil {
		ctx = inside{ctx, in.ctx}
	}
	pending, err := b.p.space.c.Start(ctx, &conn.Request{Target: target, Op: op, Body: body})
	if err != nil {
		return conn.Return{}, lost(err)
	}
	<-pending.Done() // ends with ctx, too
	ret, err := pending.Wait(ctx)
	return ret, lost(err)
}

// deliver puts the values of a page into the channel. It returns false if that was the last page, and the channel, which nobody else closes, is
// closed then.
func (b *bridge) deliver(ctx context.Context, here funcKey, r *pageReader, err error) bool {
	at := here.Value()
	if at == nil {
		return false // there is nobody to whom it could be given
	}
	empty := err == nil && r.left <= 1
	for err == nil && r.left > 1 {
		var v reflect.Value
		if v, err = r.into(b.both.Elem()); err != nil || channelAt(b.both, at).TrySend(v) {
			continue
		}
		at = nil
		if !b.offer(ctx, here, v) {
			return false
		}
		if at = here.Value(); at == nil {
			return false
		}
	}
	ch := channelAt(b.both, at)
	var over reflect.Value
	if err == nil {
		over, err = r.into(reflect.TypeFor[bool]())
	}
	if err == nil && empty && !over.Bool() { // it would go on for ever
		err = fail(ErrMalformed, "no value was received, and the channel is not closed")
	}
	if err != nil {
		b.log(err)
	} else if !over.Bool() {
		return true
	}
	ch.Close()
	return false
}

// offer puts a value into a channel that is full. Whoever waits to send holds the channel, and it would never be found that nobody else does, so after a while it lets go
// again and again, the longer the longer it has waited: one who comes back for a value waits a twentieth of that time at most, and a second. It returns false if
// nobody holds the channel, or the connection has ended; the channel is closed then.
func (b *bridge) offer(ctx context.Context, here funcKey, v reflect.Value) bool {
	began, turn := time.Now(), time.Second
	for {
		if done, ok := b.tender(here, v, turn); done || !ok {
			return ok
		}
		turn = min(max(time.Since(began)/20, 50*time.Millisecond), time.Second)
		select {
		case <-time.After(turn):
		case <-ctx.Done(): // nobody holds the channel, or the connection has ended: the next turn sees which
		}
	}
}

// tender holds the channel for a time, and sends if it can. ok is false if offer is to end.
func (b *bridge) tender(here funcKey, v reflect.Value, d time.Duration) (done, ok bool) {
	at := here.Value()
	if at == nil {
		return false, false
	}
	ch := channelAt(b.both, at)
	over := time.NewTimer(d)
	defer over.Stop()
	switch which, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: ch, Send: v},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(b.p.space.c.Context().Done())},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(over.C)},
	}); which {
	case 0:
		return true, true
	case 1:
		ch.Close()
		return false, false
	}
	return false, true
}

// log tells of an error that nobody else is told of: a channel has no place for one. That of a connection that has ended is known elsewhere.
func (b *bridge) log(err error) {
	var lost *conn.LostError
	if errors.As(err, &lost) || b.p.space.c.Context().Err() != nil {
		return
	}
	slog.Warn("netproxy: a channel of the other side failed", "peer", b.p.space.peer(), "channel", b.p.Type(), "error", err)
}

// send is a sending bridge. It sends on together what is in the channel, but no more at a time than its capacity.
func (b *bridge) send(ctx context.Context, ch reflect.Value) {
	wait := []reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: ch},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
	}
	for {
		which, x, ok := reflect.Select(wait)
		if which == 1 {
			return
		}
		var values []reflect.Value
		for most := min(max(1, ch.Cap()), pageItems); ok && len(values) < most-1; {
			values = append(values, x)
			x, ok = ch.TryRecv() // invalid if there is none now
		}
		if ok {
			values = append(values, x)
		}
		closed := !ok && x.IsValid()
		for len(values) > 0 {
			n, err := b.post(ctx, values)
			if err != nil {
				b.log(err)
				if !errors.Is(err, ErrArgument) && !errors.Is(err, ErrUnsupported) || n >= len(values) {
					return
				}
				n++ // the one that does not fit
			}
			values = values[n:]
		}
		if closed {
			if ret, err := b.call(ctx, opClose, conn.Message{Data: wire.AppendArray(nil, 0)}); err != nil || ret.Failed {
				if err == nil {
					_, _, err = b.p.space.returned(ret)
				}
				b.log(err)
			}
			return
		}
	}
}

// post sends values on, and says how many have been sent.
func (b *bridge) post(ctx context.Context, values []reflect.Value) (int, error) {
	p := b.p.space.newPage()
	for i, v := range values {
		if err := p.argument(v); err != nil && i == 0 {
			return 0, within(err, "a value")
		} else if err != nil || p.full(pageItems) {
			values = values[:p.n]
			break
		}
	}
	ret, err := b.call(ctx, opPost, p.message())
	if err != nil {
		return 0, err
	}
	d, n, failed := b.p.space.returned(ret)
	if n != 1 {
		if failed == nil {
			return len(values), nil
		}
		return len(values), failed
	}
	var sent int
	if err := d.value(reflect.ValueOf(&sent).Elem()); err != nil {
		return len(values), err
	}
	if sent < 0 || sent > len(values) || failed == nil && sent < len(values) {
		return len(values), fail(ErrMalformed, "%d of %d values sent", sent, len(values))
	}
	return sent, failed
}
