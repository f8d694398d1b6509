package interp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Remote is the session at the other end of a connection. It may be used by many goroutines at once.
type Remote struct {
	c    *conn.Conn
	root *netproxy.Proxy
	last atomic.Uint64 // number of the last run
}

// On returns the session that the peer of c offers. It costs nothing: a peer that offers none says so when it is asked for something.
func On(c *conn.Conn) *Remote {
	_, _ = netproxy.Options{Type: namedType}.Attach(c) // where another handler is attached, Root says so
	return &Remote{c: c, root: netproxy.Root(c)}
}

// Conn returns the connection.
func (r *Remote) Conn() *conn.Conn { return r.c }

// Shown is a value as the session writes it: Go syntax where there is one, and its static type.
type Shown struct{ Text, Type string }

// An Option is about one run.
type Option func(*options)

type options struct {
	name           string
	strict         bool
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	sameDisk       bool
}

// Name is what the input is called in positions of errors; "input" without it.
func Name(name string) Option { return func(o *options) { o.name = name } }

// Strict has a panic in any goroutine that the input starts end the run, as it ends a program. Without it, such a panic is reported on standard error
// and the run goes on.
func Strict() Option { return func(o *options) { o.strict = true } }

// Args are what os.Args becomes in the session, the program's name first.
func Args(args ...string) Option { return func(o *options) { o.args = append([]string{}, args...) } }

// Stdin is what the run reads; without it, the run reads end of file. At the end of the run a Read of r that is under way is not
// waited for, and what it returns is lost: give a reader that can be made to return where that matters.
func Stdin(r io.Reader) Option { return func(o *options) { o.stdin = r } }

// Stdout gets the standard output of the run while it runs; without it, that is dropped.
func Stdout(w io.Writer) Option { return func(o *options) { o.stdout = w } }

// Stderr gets the standard error of the run while it runs; without it, that is dropped.
func Stderr(w io.Writer) Option { return func(o *options) { o.stderr = w } }

// SameDisk says that the session is on this machine and sees the files that we see: a package is run where it lies, and not sent.
func SameDisk() Option { return func(o *options) { o.sameDisk = true } }

// Run runs source in the session and returns the values of its last expression, written out by the session. It returns when the code has
// ended and all its output has been written.
//
// When ctx ends, the run is interrupted: Run returns ErrInterrupted, joined with ctx's cause, as soon as the session has stopped
// the code, or after two seconds if it does not. Other errors of the code are *CompileError (nothing has run), *PanicError and *ExitError, after which the
// session is at its end; a lost connection is a *conn.LostError.
func (r *Remote) Run(ctx context.Context, source string, opts ...Option) ([]Shown, error) {
	reply, err := start[runReply](ctx, r, "Run", opts, sourceOf(source))
	if err != nil {
		return nil, err
	}
	return reply.Values, reply.Failed.err(context.Cause(ctx))
}

// Execute runs source for its effects: it is Run without the values.
func (r *Remote) Execute(ctx context.Context, source string, opts ...Option) error {
	_, err := r.Run(ctx, source, opts...)
	return err
}

// Eval runs source and returns the value of its last expression, as netproxy's operations do: simple values by copy, others as
// references. Of several values it is the []any of them. Errors are those of Run.
func (r *Remote) Eval(ctx context.Context, source string, opts ...Option) (*netproxy.Proxy, error) {
	reply, err := start[evalReply](ctx, r, "Eval", opts, sourceOf(source))
	if err != nil {
		return nil, err
	}
	if err := reply.Failed.err(context.Cause(ctx)); err != nil {
		return nil, err
	}
	return netproxy.Held(reply.Values...), nil
}

// Set makes x a variable of the session, of the type that x arrives as there. Plain data are copied. A func can be called there, and runs here. What is shared and has no
// type there, such as a reader, a channel or a pointer of this program's, becomes a variable of type *netproxy.Proxy, since a variable needs one type and the session does
// not know which is meant. Code that wants another one says so: a func of the session that takes it, called from here, or set from here with the object as its
// result,
//
//	there.Execute(ctx, "var in io.Reader; func use(r io.Reader) { in = r }")
//	use, err := there.Eval(ctx, "use")
//	_, err = use.Call(ctx, "", file)
func (r *Remote) Set(ctx context.Context, name string, x any) error {
	_, err := r.root.Call(ctx, "Set", name, x)
	return err
}

// Module returns a package of the other side: its funcs, variables, constants. It costs no round trip; that there is no such
// package is told by the first operation on it.
func (r *Remote) Module(path string) *netproxy.Proxy {
	return netproxy.Pipelined(context.Background(), r.root, "Module", path)
}

// Modules lists the packages that the session can import.
func (r *Remote) Modules(ctx context.Context) ([]string, error) {
	return netproxy.Call[[]string](ctx, r.root, "Modules")
}

// Complete lists what may stand in the place of the word that ends at byte pos of src, and where that word begins: see Session.Complete.
func (r *Remote) Complete(ctx context.Context, src string, pos int) (start int, names []string, err error) {
	found, err := netproxy.Call[completions](ctx, r.root, "Complete", src, pos)
	return found.Start, found.Names, err
}

// stopping is how long the session may take to stop code that is interrupted.
const stopping = 2 * time.Second

// sourceOf makes a request to run source of one to run anything.
func sourceOf(source string) func(runRequest) any {
	return func(req runRequest) any {
		req.Source = source
		return req
	}
}

// start makes one run's request, to which the func adds what is to be run, with its streams, and waits for what comes of it.
func start[T any](ctx context.Context, r *Remote, method string, opts []Option, what func(runRequest) any) (reply T, err error) {
	o := options{name: "input"}
	for _, opt := range opts {
		opt(&o)
	}
	if err := context.Cause(ctx); err != nil {
		return reply, &interruptedError{cause: err}
	}
	req := runRequest{ID: r.last.Add(1), Name: o.name, Args: o.args, Strict: o.strict}
	std, err := openStreams(ctx, r.c, o)
	if err != nil {
		return reply, fmt.Errorf("interp: the run's standard streams: %w", err)
	}
	defer std.close()
	req.Stdin, req.Stdout, req.Stderr = std.ids()
	calling, giveUp := context.WithCancelCause(context.WithoutCancel(ctx))
	defer giveUp(nil)
	stop := context.AfterFunc(ctx, func() { r.interrupt(calling, giveUp, req.ID, context.Cause(ctx)) })
	defer stop()

	reply, err = netproxy.Call[T](calling, r.root, method, what(req))
	var canceled *conn.CanceledError
	if errors.As(err, &canceled) {
		return reply, &interruptedError{cause: canceled.Cause}
	}
	if err == nil {
		err = std.drain()
	}
	return reply, err
}

// interrupt asks the session to stop a run, and gives the call up if that has not made it return in time.
func (r *Remote) interrupt(calling context.Context, giveUp context.CancelCauseFunc, id uint64, cause error) {
	asking, cancel := context.WithTimeout(calling, stopping)
	defer cancel()
	_, _ = netproxy.Call[bool](asking, r.root, "Interrupt", id, cause.Error()) // in any case the call is given up
	<-asking.Done()                                                            // when the run has returned, or the time is up
	giveUp(cause)
}
