package conn

import (
	"context"
	"errors"
	"fmt"
)

// ErrClosed is wrapped by errors that come of our own Close.
var ErrClosed = errors.New("conn: connection closed")

// errPeerClosed is the reason of a connection that the peer has closed in an orderly way.
var errPeerClosed = errors.New("conn: connection closed by the peer")

// LostError says that the connection ended before a call returned.
type LostError struct {
	Cause      error // why it ended
	MayHaveRun bool  // false: the peer has never seen the call
}

func (e *LostError) Error() string {
	fate := "the call was not sent"
	if e.MayHaveRun {
		fate = "the call may have run"
	}
	return fmt.Sprintf("%v (%s)", e.Cause, fate)
}

func (e *LostError) Unwrap() error { return e.Cause }

// CanceledError says that a call was given up by its own side.
type CanceledError struct {
	Cause      error // context.Cause of the context, or what Cancel was given
	MayHaveRun bool  // false: the peer has never seen the call
	ctx        error // the context's own error, so that errors.Is finds it beside a cause of the user's
}

func (e *CanceledError) Error() string {
	if !e.MayHaveRun {
		return fmt.Sprintf("conn: call given up before it was sent: %v", e.Cause)
	}
	return fmt.Sprintf("conn: call given up: %v", e.Cause)
}

func (e *CanceledError) Unwrap() []error { return []error{e.Cause, e.ctx} }

// canceled makes the error of a call whose context has ended.
func canceled(ctx context.Context, mayHaveRun bool) *CanceledError {
	return &CanceledError{Cause: context.Cause(ctx), MayHaveRun: mayHaveRun, ctx: ctx.Err()}
}

// reason is a cause in words for the peer: of a call that was itself given up by a peer, what that peer said.
func reason(cause error) string {
	var given *finishError
	if errors.As(cause, &given) {
		return given.reason
	}
	return cause.Error()
}

// Code says why a connection refused a call.
type Code uint64

// The codes of CallError. Numbers are part of the protocol.
const (
	CodeNoTarget  Code = 1  // the target, or a result that was pipelined on, is not there
	CodeNothing   Code = 2  // the peer offers nothing
	CodeTooMany   Code = 3  // more calls at a time than the limit
	CodeTooLarge  Code = 4  // a body, a name or a list of references above the limit
	CodeDraining  Code = 5  // the peer takes no new calls: it is shutting down
	CodeBadBody   Code = 6  // the body did not arrive as announced
	CodeCanceled  Code = 7  // given up before it was run
	CodeTooDeep   Code = 8  // calls nested beyond the limit
	CodeNoReply   Code = 9  // the handler panicked or left without a reply
	CodeBadReply  Code = 10 // the handler's reply could not be sent
	CodeBadTarget Code = 11 // the request names something that this connection does not have
	CodeDeadline  Code = 12 // the deadline passed before it was run
)

// CallError says that the connection itself, here or there, refused a call; no handler has answered it.
type CallError struct {
	Code Code
	Text string
}

func (e *CallError) Error() string { return "conn: " + e.Text }

// Is makes a call that was given up there look like one that was given up here.
func (e *CallError) Is(target error) bool {
	return e.Code == CodeCanceled && target == context.Canceled || e.Code == CodeDeadline && target == context.DeadlineExceeded
}

func refuse(code Code, format string, args ...any) *CallError {
	return &CallError{Code: code, Text: fmt.Sprintf(format, args...)}
}

// RefusedError says that one end would not have the other.
type RefusedError struct {
	ByPeer bool   // it was the peer that refused; Reason is what it said
	Reason string // a sentence for people
	Cause  error  // may be nil
}

func (e *RefusedError) Error() string {
	if e.ByPeer {
		return "conn: refused by the peer: " + e.Reason
	}
	return "conn: handshake failed: " + e.Reason
}

func (e *RefusedError) Unwrap() error { return e.Cause }

// ProtocolError says that a connection was ended because one end broke the rules.
type ProtocolError struct {
	ByPeer bool // the peer says it of us
	Text   string
	limit  bool // it asked for too much
}

// tooMuch makes the error of a peer that goes beyond a limit of which it cannot be told otherwise.
func tooMuch(format string, args ...any) *ProtocolError {
	return &ProtocolError{Text: fmt.Sprintf(format, args...), limit: true}
}

func (e *ProtocolError) Error() string {
	if e.ByPeer {
		return "conn: aborted by the peer: " + e.Text
	}
	return "conn: aborted: the peer broke the protocol: " + e.Text
}
