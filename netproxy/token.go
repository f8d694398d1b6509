package netproxy

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// errorsKept bounds the errors that a connection remembers.
const errorsKept = 256

// sentErrors are the errors that went to the other side lately, in a ring: they may come home.
type sentErrors struct {
	mu   sync.Mutex
	ring []sentError // at most errorsKept; guarded by mu
	next int         // where the next one goes, once the ring is full; guarded by mu
}

type sentError struct {
	token uint64
	err   error
}

// lastToken is the number of the last token. Where the count starts is left to chance, so that tokens of different processes do not meet: an
// error keeps its token wherever it is passed on to. They are not secret: who guesses one makes a peer see an error of its own.
var lastToken atomic.Uint64

func init() { lastToken.Store(rand.Uint64()) }

// remember notes that err goes to the other side, and returns its token.
func (s *sentErrors) remember(err error) uint64 {
	var token uint64
	switch x := err.(type) { //nolint:errorlint // the very error
	case *RemoteError:
		if x != nil && x.node != nil {
			token = x.node.token
		}
	case *PanicError:
		if x != nil && x.node != nil {
			token = x.node.token
		}
	}
	for token == 0 {
		token = lastToken.Add(1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ring) < errorsKept {
		s.ring = append(s.ring, sentError{token, err})
		return token
	}
	s.ring[s.next] = sentError{token, err}
	s.next = (s.next + 1) % errorsKept
	return token
}

// recall returns the error that went to the other side with the token lately, or nil.
func (s *sentErrors) recall(token uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.ring {
		if s.ring[i].token == token {
			return s.ring[i].err
		}
	}
	return nil
}
