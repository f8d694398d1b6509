package soak

import (
	"errors"
	"fmt"
	"sync"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// ledger has the calls of one connection, of both sides: what was said of each, and how often it ran.
type ledger struct {
	mu    sync.Mutex
	calls []entry // by number
	wrong error   // what was found first
	stop  func()  // called once something is wrong

	given, told int // objects handed out, and those told that nobody holds them
}

type entry struct {
	what string
	ran  int
	said verdict
	err  error // that said it; may be nil
}

// verdict is what the caller knows of a call.
type verdict int

const (
	maybe verdict = iota
	once
	never
	onceIfCalm // one-way, and begun without an error
)

// issue opens an entry.
func (l *ledger) issue(what string) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, entry{what: what})
	return uint64(len(l.calls) - 1)
}

// ran is called by the callee.
func (l *ledger) ran(n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n >= uint64(len(l.calls)) {
		l.fail(fmt.Errorf("a call with the number %d arrived, which was never made", n))
		return
	}
	l.calls[n].ran++
}

// settle is called by the caller, with the error of the call, or nil.
func (l *ledger) settle(n uint64, v verdict, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[n].said, l.calls[n].err = v, err
}

// wrongf records that something is wrong.
func (l *ledger) wrongf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail(fmt.Errorf(format, args...))
}

func (l *ledger) fail(err error) {
	if l.wrong == nil {
		l.wrong = err
		l.stop()
	}
}

func (l *ledger) hand(given, told int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.given += given
	l.told += told
}

// err is what was found so far.
func (l *ledger) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wrong
}

// balance compares, once everything has ended, what was said with what has happened.
func (l *ledger) balance(how ending) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n, e := range l.calls {
		bad := e.ran > 1 || e.said == once && e.ran != 1 || e.said == never && e.ran != 0 || e.said == onceIfCalm && how == calm && e.ran != 1
		if bad {
			return fmt.Errorf("call %d, %s, ran %d times; its caller was told %s; its error is a %T: %w", n, e.what, e.ran,
				[...]string{"that it may have run", "its result", "that it has not run", "nothing, for it was one-way"}[e.said], e.err, e.err)
		}
	}
	return nil
}

// bounced is verdictOf for a call that makes others in turn: its error may be that of one of these, come home.
func bounced(err error) verdict {
	if err == nil {
		return once
	}
	return maybe
}

// verdictOf is what an error says of the call.
func verdictOf(err error) verdict {
	if err == nil {
		return once
	}
	var remote *netproxy.RemoteError
	var panicked *netproxy.PanicError
	if errors.As(err, &remote) || errors.As(err, &panicked) {
		return maybe // it may be about another call
	}
	var lost *conn.LostError
	var cancelled *conn.CanceledError
	if errors.As(err, &lost) && !lost.MayHaveRun || errors.As(err, &cancelled) && !cancelled.MayHaveRun {
		return never
	}
	return maybe
}
