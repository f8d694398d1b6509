package async

import "fmt"

// Op is an operation on an object.
type Op uint8

// The operations. Each is begun by the method of the same name.
const (
	OpGet Op = iota + 1
	OpSet
	OpCall
	OpIndex
	OpSetIndex
	OpAppend
	OpDelete
	OpLen
	OpSend
	OpRecv
	OpElem
)

var opNames = [...]string{
	OpGet: "Get", OpSet: "Set", OpCall: "Call", OpIndex: "Index", OpSetIndex: "SetIndex", OpAppend: "Append", OpDelete: "Delete",
	OpLen: "Len", OpSend: "Send", OpRecv: "Recv", OpElem: "Elem",
}

func (op Op) String() string {
	if int(op) < len(opNames) && opNames[op] != "" {
		return opNames[op]
	}
	return fmt.Sprintf("Op(%d)", uint8(op))
}

// Line carries out operations in the order in which they are begun.
type Line interface {
	// Begin begins an operation and returns at once. Name is that of a member for Get, Set and Call, and empty for others. An argument may be a *Result.
	Begin(op Op, name string, args ...any) *Result
}

// Object is what has asynchronous operations.
type Object interface {
	// NewLine makes a line of work on the object, independent of all others.
	NewLine() Line
}

// operations are the operations that a Handle and a Result have in common.
type operations struct {
	begin func(op Op, name string, args ...any) *Result
}

// Get begins to fetch the member called name.
func (o operations) Get(name string) *Result { return o.begin(OpGet, name) }

// Set begins to assign to the member called name.
func (o operations) Set(name string, value any) *Result { return o.begin(OpSet, name, value) }

// Call begins to call the member called name, or the object itself, if it is a func and name is "".
func (o operations) Call(name string, args ...any) *Result { return o.begin(OpCall, name, args...) }

// Index begins to fetch an element. A negative index counts from the end.
func (o operations) Index(key any) *Result { return o.begin(OpIndex, "", key) }

// SetIndex begins to assign to an element.
func (o operations) SetIndex(key, value any) *Result { return o.begin(OpSetIndex, "", key, value) }

// Append begins to append to a slice; the variable that holds the slice changes.
func (o operations) Append(values ...any) *Result { return o.begin(OpAppend, "", values...) }

// Delete begins to remove a key from a map.
func (o operations) Delete(key any) *Result { return o.begin(OpDelete, "", key) }

// Len begins to count elements.
func (o operations) Len() *Result { return o.begin(OpLen, "") }

// Send begins to send on a channel.
func (o operations) Send(value any) *Result { return o.begin(OpSend, "", value) }

// Recv begins to receive from a channel.
func (o operations) Recv() *Result { return o.begin(OpRecv, "") }

// Elem begins to follow a pointer.
func (o operations) Elem() *Result { return o.begin(OpElem, "") }

// Handle is a line of work on an object.
type Handle struct{ operations }

// Of makes a handle on obj: a line of work of its own.
func Of(obj Object) *Handle {
	return &Handle{operations{obj.NewLine().Begin}}
}
