package netproxy

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
)

// Options say how the objects of one end of a connection are offered and understood. The zero value offers nothing.
type Options struct {
	// Root is the object that the peer's Root is. It is asked for once for each connection, when the peer first uses it. Nil offers nothing.
	Root func(c *conn.Conn) any

	// Type finds types by their names, with whole import paths: "net/http.Header". What is sent with a type that is found arrives as that type where
	// nobody asks for another; a struct whose type is not found arrives as a Record. Composite types are made of what is found.
	Type func(name string) (reflect.Type, bool)

	// Implement makes a value of the interface type t that carries its methods out on p. It is asked where an interface with methods is wanted
	// and an object of the other side arrives. It reports false for interfaces that it knows no implementation of.
	Implement func(t reflect.Type, p *Proxy) (reflect.Value, bool)

	// Sentinels are errors that are the same at both ends, by names that are the same at both ends, besides those of the standard library
	// and of RegisterError.
	Sentinels map[string]error

	// HideStacks withholds from the peer where errors and panics come from: it sees their texts and what they are, and no stacks.
	HideStacks bool
}

// Bind makes the handler of a connection: it is for conn.Config.Bind.
func (o Options) Bind(c *conn.Conn) conn.Handler { return newSpace(c, o) }

// Serve offers root to the peer of each connection: it is for conn.Config.Bind.
func Serve(root any) func(*conn.Conn) conn.Handler {
	return Options{Root: func(*conn.Conn) any { return root }}.Bind
}

// Space is one end's side of a connection: what it offers, and how it understands what arrives.
type Space struct {
	c    *conn.Conn
	opts Options

	known *wellKnown // opts.Sentinels

	root   func() *object // what is offered; nil for nothing
	theirs *Proxy         // what the peer offers

	cursors atomic.Int64 // iterations of the peer over objects of ours
	bridges atomic.Int64 // channels of the peer that are channels here
	filling atomic.Int64 // bytes of buffers that methods of ours are filling for the peer

	mu    sync.Mutex
	types map[string]reflect.Type // composite types made for the peer; nil for names that are not known
	loans map[uint64]*loan        // calls of ours under way that lend memory
	lanes map[uint64]*hopLane     // by the peer's numbers: those whose calls are under way at other peers

	descriptions map[descriptionKey]*description // what the peer has told of types; guarded by mu

	sent sentErrors // it has a mutex of its own
}

// maxMadeTypes bounds the types that a peer makes us keep.
const maxMadeTypes = 1024

func newSpace(c *conn.Conn, o Options) *Space {
	s := &Space{c: c, opts: o, known: newWellKnown(o.Sentinels)}
	s.theirs = &Proxy{space: s, root: true}
	s.root = sync.OnceValue(func() *object {
		if o.Root == nil {
			return nil
		}
		root := o.Root(c)
		if root == nil {
			return nil
		}
		return objectOf(reflect.ValueOf(root))
	})
	return s
}

// Attach gives the connection the space of the options, if it has no handler yet, and returns the connection's space.
func (o Options) Attach(c *conn.Conn) (*Space, error) {
	h := c.Attach(func() conn.Handler { return newSpace(c, o) })
	s, ok := h.(*Space)
	if !ok {
		return nil, fmt.Errorf("netproxy: the connection is served by a %T, which has no objects", h)
	}
	return s, nil
}

// Root returns the object that the peer offers. It costs nothing: what is wrong with it is told by its operations.
func Root(c *conn.Conn) *Proxy {
	s, err := Options{}.Attach(c)
	if err != nil {
		return &Proxy{broken: err}
	}
	return s.theirs
}

// Conn returns the connection.
func (s *Space) Conn() *conn.Conn { return s.c }

// refer implements exporter.
func (s *Space) refer(v reflect.Value) (any, error) {
	var o *object
	switch {
	case v.Type() == proxyType:
		return s.referProxy(v.Interface().(*Proxy))
	case v.Type() == resultType:
		return s.referResult(v.Interface().(*async.Result))
	case v.Type() == objectType:
		o = v.Interface().(*object)
		o.hold()
		if p, ok := o.proxy(); ok {
			return s.referProxied(p, o)
		}
	case v.Kind() == reflect.Chan:
		if p := bridgedOf(v); p != nil {
			return s.referProxy(p)
		}
	case v.Kind() == reflect.Func:
		if p := madeOf(v); p != nil {
			return s.referProxy(p)
		}
	}
	if o == nil {
		o = objectOf(v)
	}
	return conn.Export{Key: o.key(), Object: o}, nil
}

// referProxy refers to what p stands for: it goes home, or it is shared on, if it is of another connection.
func (s *Space) referProxy(p *Proxy) (any, error) {
	switch {
	case p.broken != nil:
		return nil, p.broken
	case p.space != s && p.settled().ref != nil:
		return s.referRef(p.settled().ref)
	case p.space == s && p.root:
		return conn.Root{}, nil
	case p.space != s:
		return conn.Export{Key: p, Object: &object{v: reflect.ValueOf(p)}}, nil
	}
	return p.target()
}

// thing implements importer.
func (s *Space) thing(entry any, typ string, digest uint64) (any, error) {
	if _, home := entry.(conn.Root); home {
		o := s.root()
		if o == nil {
			return nil, fail(ErrMalformed, "a reference to a root that is not offered")
		}
		entry = o
	}
	switch x := entry.(type) {
	case *conn.Ref:
		return s.proxyOf(x, typ, digest), nil
	case *object:
		if p, ok := x.proxy(); ok && p.space != s { // a proxy of a third peer that we had shared
			return p, nil
		}
		return x, nil
	}
	return nil, fail(ErrMalformed, "a reference to a %T", entry)
}

// remember implements exporter.
func (s *Space) remember(err error) uint64 { return s.sent.remember(err) }

// sentinels implements exporter.
func (s *Space) sentinels() *wellKnown { return s.known }

// hidesStacks implements exporter.
func (s *Space) hidesStacks() bool { return s.opts.HideStacks }

// recall implements importer.
func (s *Space) recall(token uint64) error { return s.sent.recall(token) }

// peer implements importer.
func (s *Space) peer() string {
	if p := s.c.Peer(); p.Name != "" {
		return p.Name
	} else if p.Addr != "" {
		return p.Addr
	}
	return "the peer"
}

// sentinel implements importer.
func (s *Space) sentinel(name string) error { return sentinelNamed(name, s.known) }

// typeNamed implements importer.
func (s *Space) typeNamed(name string) (reflect.Type, bool) {
	if t, ok := s.knownType(name); ok {
		return t, true
	}
	s.mu.Lock()
	t, ok := s.types[name]
	full := len(s.types) >= maxMadeTypes
	s.mu.Unlock()
	if ok || full || len(name) > maxTypeName {
		return t, t != nil
	}
	if t, ok = nil, false; mayMake(name) {
		t, ok = parseType(name, s.knownType) // asks the user's function: no lock is held
	}
	if ok {
		noteMade(name)
	} else {
		t = nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.types == nil {
		s.types = make(map[string]reflect.Type)
	}
	s.types[name] = t
	return t, ok
}

// knownType finds a type that has a name of its own.
func (s *Space) knownType(name string) (reflect.Type, bool) {
	if t, ok := basicNames[name]; ok {
		return t, true
	}
	if t, ok := registeredType(name); ok {
		return t, true
	}
	if s.opts.Type == nil {
		return nil, false
	}
	return s.opts.Type(name)
}

// implement implements importer.
func (s *Space) implement(p *Proxy, t reflect.Type) (reflect.Value, error) {
	return s.implementIn(context.Background(), nil, p, t)
}

// lost makes the best of an error of the connection.
func lost(err error) error {
	if err == nil {
		return nil
	}
	var refused *conn.CallError
	if errors.As(err, &refused) {
		switch refused.Code {
		case conn.CodeNoReply:
			return fmt.Errorf("%w: %w", ErrGoexit, err)
		case conn.CodeBadTarget:
			return fmt.Errorf("%w: %w", ErrReleased, err)
		}
	}
	return err
}
