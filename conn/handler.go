package conn

import "context"

// Op and Want are the operation and the wanted form of result of a call. They mean nothing to the connection.
type (
	Op   uint8
	Want uint8
)

// Handler serves the calls of a peer.
type Handler interface {
	// Serve runs one call, which belongs to the handler until Serve returns, in a goroutine that runs nothing else meanwhile. ctx ends when the caller gives up, its deadline passes, or the
	// connection ends; context.Cause says which. Calls that are made with ctx on the same connection count as nested in this one.
	Serve(ctx context.Context, call *Inbound) Reply
}

// HandlerFunc makes a Handler of a function.
type HandlerFunc func(ctx context.Context, call *Inbound) Reply

// Serve calls f.
func (f HandlerFunc) Serve(ctx context.Context, call *Inbound) Reply { return f(ctx, call) }

// Inbound is a call as its handler sees it.
type Inbound struct {
	// Target is what is called: nil for the root, the Object of an export, or the Value of the reply that the call was pipelined on.
	Target any
	Op     Op
	Name   string
	Want   Want
	Body   Message
	Keep   bool   // the caller may pipeline on the result: Reply.Value is what it will reach
	Lane   uint64 // not 0: the call was run in its turn, behind those of the lane that came before
	OneWay bool   // nobody waits for the results

	answer *answer // nil if it was made by hand
}

// Ahead is for a handler that hands the call on to somebody else and waits for the answer. Calls that the peer has pipelined on this one need not wait
// for it: they see value at once, and it is whoever stands behind value that has to let them fail if this call fails. The next call of the lane may run, too.
func (in *Inbound) Ahead(value any) {
	if a := in.answer; a != nil {
		a.goAhead(value)
	}
}

// Message is a value on its way: bytes that the connection does not look into, and the references that they name by index.
//
// A Message that is given to the connection belongs to it from then on. Its Refs are
//
//   - Export: an object of this side, which the peer may use from now on;
//   - *Ref: an object of the peer's, on its way home;
//   - Root: the peer's root, on its way home;
//   - *Pending: the result of a call of this side, perhaps still under way.
//
// The Refs of a Message from the peer are
//
//   - *Ref: an object of the peer's;
//   - the Object of an Export that came home;
//   - Root: this side's root, which came home;
//   - the Value of a reply, where the peer named the result of its own call.
//
// Data of a Message from the peer is memory of its own, which belongs to whoever gets it.
type Message struct {
	Data []byte
	Refs []any

	// Tail is what follows Data, in a message that is given to the connection; one from the peer has none. Its memory is only lent: it may be anybody's, who must
	// not write to it before the call has returned, or is settled otherwise. The memory of a reply's is read until the reply has been written, which nobody is told.
	Tail [][]byte

	// Free, if not nil, is called once when nobody reads Tail any more, unless the message is never sent. It may be called under locks, and at any time.
	Free func()
}

// Root stands among the references of a message for the root of the one who receives it.
type Root struct{}

// Export is an object that is handed to the peer. While the peer holds references to it, exports of an equal Key that is not nil are
// one object to the peer: the first one stays, and is told of the others if it has a method Join(later any), which must be quick and call nothing. An Object with a
// method Unreferenced() is told when the peer holds none any more, or if the message with it was not sent and the peer holds none.
type Export struct {
	Key    any // comparable, or nil
	Object any
}

// Reply is what a handler answers.
type Reply struct {
	Body   Message
	Failed bool  // the call failed; Body is its error
	Err    error // the error, for the log: it is written there if the call was one-way; may be nil
	Value  any   // what calls pipelined on this one see, as Target or in Refs
}

// Request is a call to be made.
type Request struct {
	Target any // nil for the peer's root, a *Ref, or a *Pending of a call with Keep
	Op     Op
	Name   string
	Want   Want
	Body   Message
	Lane   uint64 // see Conn.NewLane; 0: run it at once
	Keep   bool   // calls will be pipelined on the result, until Pending.Release
	OneWay bool   // the result is of no interest: it is not sent
}

// Return is what came back of a call that reached a handler.
type Return struct {
	Body   Message
	Failed bool // Body is the handler's error
	Held   bool // the peer still uses the context of the call, and is told when it ends
}
