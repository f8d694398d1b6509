package async

import (
	"context"
	"time"
)

// Subject is what operations are begun on: a *Handle, or a *Result.
type Subject interface {
	begin(r *Result, op Operation)
}

// Handle is a line of work on an object, or on a result.
type Handle struct{ operations }

// Of makes a handle on obj: a line of work of its own.
func Of(obj Object) *Handle {
	return &Handle{operations{line: obj.NewLine(), ctx: context.Background()}}
}

// operations are the operations that a Handle and a Result have in common.
type operations struct {
	line   Line
	ctx    context.Context // of the line: all that is begun on it, and on what comes of that, ends with it
	within time.Duration   // what each operation is given; 0 for as long as it takes
}

// With returns a handle on the same line of work whose operations, and those on their results, end with ctx: its deadline crosses, and when
// ctx ends they fail at once and are cancelled over there.
func (o operations) With(ctx context.Context) *Handle {
	o.ctx = ctx
	return &Handle{o}
}

// Within returns a handle on the same line of work each of whose operations, and of those on their results, fails with
// context.DeadlineExceeded unless it ends within d of when it was begun.
func (o operations) Within(d time.Duration) *Handle {
	o.within = d
	return &Handle{o}
}

// begin begins an operation that is bound by the context of the line, and makes r its result.
func (o operations) begin(r *Result, op Operation) {
	if o.within <= 0 {
		r.of(o.line.Begin(o.ctx, op), o)
		return
	}
	ctx, cancel := context.WithTimeout(o.ctx, o.within)
	r.of(o.line.Begin(ctx, op), o)
	r.OnReady(func(*Result) { cancel() })
}

// result begins an operation whose result is what it is by itself.
func (o operations) result(op Operation) *Result {
	r := new(Result)
	o.begin(r, op)
	return r
}

// Get begins to fetch the member called name.
func (o operations) Get(name string) *Result { return o.result(Operation{Op: OpGet, Name: name}) }

// Set begins to assign to the member called name.
func (o operations) Set(name string, value any) *Result {
	return o.result(Operation{Op: OpSet, Name: name, Args: []any{value}})
}

// Call begins to call the member called name, or the object itself, if it is a func and name is "".
func (o operations) Call(name string, args ...any) *Result {
	return o.result(Operation{Op: OpCall, Name: name, Args: args})
}

// Notify calls the member called name, or the object itself if name is "", in its place in the line, and waits for nothing: what comes of the call is not sent
// back, and a failure is counted and logged where it happens. The error says why the call could not be begun.
func (o operations) Notify(name string, args ...any) error {
	return o.line.Notify(o.ctx, Operation{Op: OpCall, Name: name, Args: args})
}

// Index begins to fetch an element. A negative index counts from the end.
func (o operations) Index(key any) *Result { return o.result(Operation{Op: OpIndex, Args: []any{key}}) }

// SetIndex begins to assign to an element.
func (o operations) SetIndex(key, value any) *Result {
	return o.result(Operation{Op: OpSetIndex, Args: []any{key, value}})
}

// Append begins to append to a slice; the variable that holds the slice changes.
func (o operations) Append(values ...any) *Result {
	return o.result(Operation{Op: OpAppend, Args: values})
}

// Delete begins to remove a key from a map.
func (o operations) Delete(key any) *Result {
	return o.result(Operation{Op: OpDelete, Args: []any{key}})
}

// Len begins to count elements.
func (o operations) Len() *Result { return o.result(Operation{Op: OpLen}) }

// Send begins to send on a channel.
func (o operations) Send(value any) *Result {
	return o.result(Operation{Op: OpSend, Args: []any{value}})
}

// Recv begins to receive from a channel.
func (o operations) Recv() *Result { return o.result(Operation{Op: OpRecv}) }

// CloseSend begins to close a channel.
func (o operations) CloseSend() *Result { return o.result(Operation{Op: OpCloseSend}) }

// Elem begins to follow a pointer.
func (o operations) Elem() *Result { return o.result(Operation{Op: OpElem}) }

// Display begins to ask for the value as fmt.Sprint prints it where it is.
func (o operations) Display() *Result { return o.result(Operation{Op: OpDisplay}) }

// Names begins to ask for the names of the members.
func (o operations) Names() *Result { return o.result(Operation{Op: OpNames}) }
