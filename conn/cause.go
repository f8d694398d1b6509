package conn

import (
	"context"
	"errors"
	"sync"

	"github.com/rgo-project/rgo/internal/wire"
)

// CauseCoder is what a Handler may implement so that the cause with which a caller's context ended arrives as an error and not only as a text. The bytes
// cannot name references.
type CauseCoder interface {
	// EncodeCause returns nil for what goes as its text alone. It is called in the caller's own goroutines.
	EncodeCause(cause error) []byte
	// DecodeCause returns nil for what it does not understand. It is called in the goroutine that first looks at the cause.
	DecodeCause(data []byte) error
}

// maxCause bounds an encoded cause; beyond it the text has to do.
const maxCause = 8 << 10

func (c *Conn) causeCoder() CauseCoder {
	if h := c.handler.Load(); h != nil {
		coder, _ := (*h).(CauseCoder)
		return coder
	}
	return nil
}

// finishOf makes the frame that gives call id up because of err. It may call the handler's code: no lock is held.
func (c *Conn) finishOf(id uint64, err *CanceledError) *wire.Finish {
	f := &wire.Finish{ID: id, Reason: clip(reason(err.Cause), maxReason), What: wire.FinishCanceled}
	if errors.Is(err.ctx, context.DeadlineExceeded) {
		f.What = wire.FinishDeadline
	}
	if err.Cause == context.Canceled || err.Cause == context.DeadlineExceeded { //nolint:errorlint // the very errors: What says them
		return f
	}
	if coder := c.causeCoder(); coder != nil {
		if data := coder.EncodeCause(err.Cause); len(data) <= maxCause {
			f.Cause = data
		}
	}
	return f
}

// given makes the error with which the context of a call ends that the peer has given up.
func (c *Conn) given(f *wire.Finish) *finishError {
	e := &finishError{reason: clip(f.Reason, maxReason), deadline: f.What&wire.FinishDeadline != 0}
	if e.reason == "" {
		e.reason = "no more interest"
	}
	if data := f.Cause; len(data) > 0 && len(data) <= maxCause {
		e.cause = sync.OnceValue(func() error {
			if coder := c.causeCoder(); coder != nil {
				return coder.DecodeCause(data)
			}
			return nil
		})
	}
	return e
}

// finishError is the cause that a handler's context has when the peer gave the call up. It wraps the peer's own cause, if that came along.
type finishError struct {
	reason   string
	deadline bool
	cause    func() error // may be nil, and may return nil; not called in the reader
}

func (e *finishError) Error() string { return "conn: call given up by the peer: " + e.reason }

func (e *finishError) Is(target error) bool { return target == e.contextErr() }

func (e *finishError) Unwrap() error {
	if e.cause == nil {
		return nil
	}
	return e.cause()
}

// contextErr is what Err of the context says.
func (e *finishError) contextErr() error {
	if e.deadline {
		return context.DeadlineExceeded
	}
	return context.Canceled
}
