package async

import (
	"context"
	"fmt"
	"reflect"
)

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

// More operations; their numbers stand behind those of operations that have no asynchronous form.
const (
	OpDisplay Op = iota + 35
	OpNames
	OpCloseSend
)

var opNames = [...]string{
	OpGet: "Get", OpSet: "Set", OpCall: "Call", OpIndex: "Index", OpSetIndex: "SetIndex", OpAppend: "Append", OpDelete: "Delete",
	OpLen: "Len", OpSend: "Send", OpRecv: "Recv", OpElem: "Elem", OpDisplay: "Display", OpNames: "Names", OpCloseSend: "CloseSend",
}

func (op Op) String() string {
	if int(op) < len(opNames) && opNames[op] != "" {
		return opNames[op]
	}
	return fmt.Sprintf("Op(%d)", uint8(op))
}

// Operation is an operation that is to be begun.
type Operation struct {
	Op   Op
	Name string       // of the member, for Get, Set and Call
	Args []any        // an argument may be a *Result
	Type reflect.Type // what the result is to be, for an operation that is the last of its chain; nil for what it is by itself
}

// Line carries out operations in the order in which they are begun.
type Line interface {
	// Begin begins an operation and returns at once. The end of ctx, also one that comes later, ends the operation.
	Begin(ctx context.Context, op Operation) Source
	// Notify begins an operation whose outcome nobody will ask for. Its error says why the operation could not be begun.
	Notify(ctx context.Context, op Operation) error
}

// Object is what has asynchronous operations.
type Object interface {
	// NewLine makes a line of work on the object, independent of all others.
	NewLine() Line
}
