package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"sync"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp/symbols"
	"github.com/rgo-project/rgo/netproxy"
)

// Serve offers s to a peer: it is made for conn.Config.Bind. The runs that the peer starts have their standard streams
// switched by con. The session stays the caller's, who closes it.
func Serve(s *Session, con Console) func(*conn.Conn) conn.Handler {
	if con == nil {
		con = nowhere{}
	}
	v := &service{session: s, console: con, runs: make(map[uint64]context.CancelCauseFunc)}
	root := v.offer(s.opts.Grant)
	return netproxy.Options{Root: func(*conn.Conn) any { return root }, Type: namedType}.Bind
}

// NewServer returns a server that gives each peer a session inside this process: a live shell in one's own service. The sessions are made
// with o, whose standard streams are the peer's. Set the fields of the server, such as its token, before it serves.
//
// What Go itself cannot survive the process does not survive either: concurrent writes to a map, running out of memory, endless recursion of compiled code. Where that matters,
// let rgo-server run the sessions, which gives each a process of its own.
func NewServer(o Options) *conn.Server {
	return &conn.Server{Config: conn.Config{Bind: func(c *conn.Conn) conn.Handler {
		con := NewSwitch()
		own := o
		own.Stdin, own.Stdout, own.Stderr = con.Stdin(), con.Stdout(), con.Stderr()
		s, err := NewSession(own)
		if err != nil {
			return netproxy.Options{Root: func(*conn.Conn) any { return broken{err} }}.Bind(c)
		}
		context.AfterFunc(c.Context(), func() { _ = s.Close() }) // closing twice is no error, and there is no other
		return Serve(s, con)(c)
	}}}
}

// broken is offered in place of a session that could not be made.
type broken struct{ err error }

// Run says why there is no session.
func (b broken) Run(runRequest) (runReply, error) { return runReply{}, b.err }

// Eval says why there is no session.
func (b broken) Eval(runRequest) (evalReply, error) { return evalReply{}, b.err }

// namedType finds the types of the standard library by their names, for values that arrive with them.
func namedType(name string) (reflect.Type, bool) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return nil, false
	}
	table, ok := symbols.Lookup(name[:dot])
	if !ok {
		return nil, false
	}
	v, ok := table[name[dot+1:]]
	if !ok || v.Kind() != reflect.Pointer || v.CanAddr() || !v.IsNil() {
		return nil, false
	}
	return v.Type().Elem(), true
}

// service is what a session offers its peer. Its methods are the protocol between the two halves of this package: Remote calls them.
type service struct {
	session *Session
	console Console

	mu   sync.Mutex
	runs map[uint64]context.CancelCauseFunc // runs under way, by the peer's numbers for them
}

// runRequest is one input, and what to do with its standard streams.
type runRequest struct {
	ID                    uint64 // the caller's number for this run, by which it can be interrupted
	Name, Source          string
	Args                  []string // what os.Args is to be; nil leaves it
	Stdin, Stdout, Stderr uint32   // bulk streams; 0 for none
	Strict                bool     // see Input
}

// runReply is what came of it, the values written out.
type runReply struct {
	Values []Shown
	Failed failure
}

// evalReply is what came of it, the values as they are: simple ones by copy, the others as references.
type evalReply struct {
	Values []any
	Failed failure
}

// Run runs one input and shows its values.
func (v *service) Run(ctx context.Context, req runRequest) (runReply, error) {
	results, failed, err := v.run(ctx, req, v.input(req))
	if err != nil {
		return runReply{}, err
	}
	reply := runReply{Failed: failed}
	for _, r := range results {
		reply.Values = append(reply.Values, Shown{Text: Format(r), Type: r.Type})
	}
	return reply, nil
}

// Eval runs one input and returns its values.
func (v *service) Eval(ctx context.Context, req runRequest) (evalReply, error) {
	results, failed, err := v.run(ctx, req, v.input(req))
	if err != nil {
		return evalReply{}, err
	}
	reply := evalReply{Failed: failed}
	for _, r := range results {
		reply.Values = append(reply.Values, r.Any())
	}
	return reply, nil
}

// input runs the input of a request.
func (v *service) input(req runRequest) func(context.Context) ([]Value, error) {
	return func(ctx context.Context) ([]Value, error) {
		return v.session.Run(ctx, Input{Name: req.Name, Source: req.Source, Strict: req.Strict})
	}
}

// run does what a request asks for, with its standard streams.
func (v *service) run(ctx context.Context, req runRequest, do func(context.Context) ([]Value, error)) ([]Value, failure, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	v.begin(req.ID, cancel)
	defer v.end(req.ID)
	if req.Args != nil {
		if err := v.setArgs(req.Args); err != nil {
			return nil, failure{}, err
		}
	}
	detach, err := v.attach(ctx, req)
	if err != nil {
		return nil, failure{}, err
	}
	results, err := do(ctx)
	detach()
	if err == nil {
		return results, failure{}, nil
	}
	failed, ok := failureOf(err)
	if !ok {
		return nil, failure{}, err
	}
	return results, failed, nil
}

func (v *service) begin(id uint64, cancel context.CancelCauseFunc) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.runs[id] = cancel
}

func (v *service) end(id uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.runs, id)
}

// Interrupt interrupts a run, and says whether there was one of that number.
func (v *service) Interrupt(id uint64, why string) bool {
	v.mu.Lock()
	cancel, ok := v.runs[id]
	v.mu.Unlock()
	if !ok {
		return false
	}
	cancel(errors.New(why))
	if also, is := v.console.(Interrupter); is {
		also.Interrupt()
	}
	return true
}

// setArgs makes args the session's os.Args.
func (v *service) setArgs(args []string) error {
	m, err := v.session.module("os")
	if err != nil {
		return err
	}
	at, err := m.Lookup("Args")
	if err != nil {
		return err
	}
	at.Set(reflect.ValueOf(args))
	return nil
}

// attach connects the session's standard streams with those that the peer has opened for a run.
func (v *service) attach(ctx context.Context, req runRequest) (detach func(), err error) {
	var opened []*conn.Stream
	closeAll := func() {
		for _, st := range opened {
			_ = st.Close() // all that was written goes out before; of a peer that is gone there is nothing to tell
		}
	}
	var std [3]io.ReadWriter // nil where the peer has opened none
	for i, id := range []uint32{req.Stdin, req.Stdout, req.Stderr} {
		if id == 0 {
			continue
		}
		st, err := conn.FromContext(ctx).AcceptStream(ctx, id)
		if err != nil {
			closeAll()
			return nil, fmt.Errorf("interp: the run's standard streams: %w", err)
		}
		opened = append(opened, st)
		std[i] = st
	}
	detachConsole := v.console.Attach(std[0], std[1], std[2])
	return func() {
		detachConsole()
		closeAll()
	}, nil
}

// Set makes x, which a peer has sent, a variable of the session.
func (v *service) Set(ctx context.Context, name string, x any) error {
	p, ok := x.(*netproxy.Proxy)
	if !ok {
		return v.session.Set(name, x)
	}
	t, ok := p.LocalType()
	if !ok || t.Kind() != reflect.Func {
		return v.session.Set(name, p)
	}
	f := reflect.New(t)
	if err := p.AssignTo(ctx, f.Interface()); err != nil {
		return err
	}
	return v.session.Set(name, f.Elem().Interface())
}

// Module returns a package that the session can import.
func (v *service) Module(path string) (*Module, error) { return v.session.Module(path) }

// System says where the session runs.
func (v *service) System() system { return system{runtime.GOOS, runtime.GOARCH} }

// Modules lists the packages that the session can import.
func (v *service) Modules() []string { return v.session.Modules() }

// Complete says what may stand in the place of the word that ends at byte pos of src.
func (v *service) Complete(src string, pos int) completions {
	start, names := v.session.Complete(src, pos)
	return completions{Start: start, Names: names}
}

// completions are what a word may become that begins at byte Start.
type completions struct {
	Start int
	Names []string
}
