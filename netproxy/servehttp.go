package netproxy

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"sync"
)

// A handler may not use its ResponseWriter when ServeHTTP has returned. So a call of a handler of the other side is not given up when its client goes away: the
// context of the request over there ends, and the call returns when the handler does.

var serveHTTPType = reflect.TypeFor[func(http.ResponseWriter, *http.Request)]()

// serveHTTP is the body of the method of an http.Handler that next carries out.
func serveHTTP(next methodBody) methodBody {
	return func(p *Proxy, args []reflect.Value) []reflect.Value {
		defer func() {
			x := recover()
			if x == nil {
				return
			}
			if err, ok := x.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				x = http.ErrAbortHandler // net/http wants the very error
			}
			panic(x)
		}()
		r, _ := args[1].Interface().(*http.Request)
		if r == nil || r.Context().Done() == nil {
			return next(p, args)
		}
		l := &leaving{}
		defer context.AfterFunc(r.Context(), l.left)()
		r = r.WithContext(context.WithValue(context.WithoutCancel(r.Context()), leavingKey{}, l))
		return next(p, []reflect.Value{args[0], reflect.ValueOf(r)})
	}
}

type leavingKey struct{}

// leaving tells the other side that the client of a request is gone.
type leaving struct {
	mu   sync.Mutex
	gone bool
	ends []func()
}

// add takes what ends the context of the request over there.
func (l *leaving) add(end func()) {
	l.mu.Lock()
	l.ends = append(l.ends, end)
	gone := l.gone
	l.mu.Unlock()
	if gone {
		tell(end)
	}
}

// left is called when the client is gone.
func (l *leaving) left() {
	l.mu.Lock()
	l.gone = true
	ends := l.ends
	l.mu.Unlock()
	for _, end := range ends {
		tell(end)
	}
}

// tell calls end and does not wait for it.
func tell(end func()) {
	if p, ok := ProxyOf(end); ok {
		_ = p.Notify(context.Background(), "") // fails only if the connection has, which ends the context as well
		return
	}
	end()
}
