package conn_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rgo-project/rgo/conn"
)

// The test binary is also the child of exec: targets.
const childEnv = "RGO_CONN_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childEnv); mode != "" {
		os.Exit(child(mode))
	}
	goleak.VerifyTestMain(m)
}

// child is a process that offers a playground on its standard input and output.
func child(mode string) int {
	switch mode {
	case "die":
		fmt.Fprintln(os.Stderr, "cannot open the frobnicator")
		return 3
	case "chat":
		fmt.Println("Welcome to this machine!")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return 0
	}
	raw, err := conn.Stdio()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("a stray print, which must not corrupt the stream")
	c, err := conn.Accept(context.Background(), raw, quiet(conn.Config{Name: "child", Bind: play}))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := c.Wait(); err != nil {
		return 1
	}
	return 0
}

// quiet sends what a configuration logs nowhere.
func quiet(cfg conn.Config) conn.Config {
	cfg.Logger = slog.New(slog.DiscardHandler)
	cfg.Stderr = io.Discard
	return cfg
}

// playground is the root that the tests serve, at both ends. Each connection has its own.
type playground struct {
	c *conn.Conn

	mu  sync.Mutex
	log []string

	unreferenced atomic.Int64
}

func play(c *conn.Conn) conn.Handler { return &playground{c: c} }

// counter is an object to hold references to.
type counter struct {
	home *playground
	n    int64
}

func (o *counter) Unreferenced() { o.home.unreferenced.Add(1) }

func text(s string) conn.Message { return conn.Message{Data: []byte(s)} }

func done(s string) conn.Reply { return conn.Reply{Body: text(s)} }

func failed(format string, args ...any) conn.Reply {
	return conn.Reply{Body: text(fmt.Sprintf(format, args...)), Failed: true}
}

func (p *playground) Serve(ctx context.Context, in *conn.Inbound) conn.Reply {
	if o, ok := in.Target.(*counter); ok {
		return p.serveCounter(o, in)
	}
	switch in.Name {
	case "echo":
		return conn.Reply{Body: in.Body}
	case "fail":
		return failed("it failed: %s", in.Body.Data)
	case "panic":
		panic("on purpose")
	case "goexit":
		runtime.Goexit()
	case "sleep":
		d, _ := time.ParseDuration(string(in.Body.Data))
		time.Sleep(d)
		return done("slept")
	case "hang":
		<-ctx.Done()
		p.note("hang ended: " + context.Cause(ctx).Error())
		return failed("%v", context.Cause(ctx))
	case "deadline":
		at, ok := ctx.Deadline()
		return done(fmt.Sprint(ok, " ", time.Until(at).Round(time.Second)))
	case "note":
		p.note(string(in.Body.Data))
		return done("")
	case "notes":
		p.mu.Lock()
		defer p.mu.Unlock()
		b, _ := json.Marshal(p.log)
		return conn.Reply{Body: conn.Message{Data: b}}
	case "object":
		o := &counter{home: p}
		return conn.Reply{Body: conn.Message{Refs: []any{conn.Export{Key: o, Object: o}}}, Value: o}
	case "objects":
		n, _ := strconv.Atoi(string(in.Body.Data))
		refs := make([]any, n)
		for i := range refs {
			o := &counter{home: p}
			refs[i] = conn.Export{Key: o, Object: o}
		}
		return conn.Reply{Body: conn.Message{Refs: refs}}
	case "hold": // its context, until that ends
		held := in.HoldContext()
		p.c.Go(func() { <-held.Done() })
		return done("held")
	case "ask": // the peer, with a context that ends a little later
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(time.Millisecond, cancel)
		_, err := p.c.Start(ctx, &conn.Request{Name: "anything"})
		return done(fmt.Sprint(err))
	case "kind":
		return done(fmt.Sprintf("%T", in.Body.Refs[0]))
	case "down":
		return p.down(ctx, in)
	case "call":
		ret, err := p.c.Call(ctx, &conn.Request{Target: in.Body.Refs[0], Name: string(in.Body.Data)})
		if err != nil {
			return failed("%v", err)
		}
		return conn.Reply{Body: ret.Body, Failed: ret.Failed}
	case "stats":
		st := p.c.Stats()
		b, _ := json.Marshal(st)
		return conn.Reply{Body: conn.Message{Data: b}}
	case "pid":
		return done(fmt.Sprint(os.Getpid()))
	case "unreferenced":
		return done(fmt.Sprint(p.unreferenced.Load()))
	case "close":
		return done(fmt.Sprint(p.c.Close()))
	case "stream":
		return p.stream(ctx, in)
	}
	return failed("no %q here", in.Name)
}

func (p *playground) serveCounter(o *counter, in *conn.Inbound) conn.Reply {
	switch in.Name {
	case "incr":
		return done(fmt.Sprint(atomic.AddInt64(&o.n, 1)))
	case "self":
		return conn.Reply{Body: conn.Message{Refs: []any{conn.Export{Key: o, Object: o}}}, Value: o}
	case "same":
		return done(fmt.Sprint(in.Body.Refs[0] == any(o)))
	}
	return failed("a counter has no %q", in.Name)
}

// down calls the other end's down, one less, until 0: calls nested in calls, to and fro.
func (p *playground) down(ctx context.Context, in *conn.Inbound) conn.Reply {
	n, _ := strconv.Atoi(string(in.Body.Data))
	if n == 0 {
		return done("bottom")
	}
	ret, err := p.c.Call(ctx, &conn.Request{Name: "down", Body: text(strconv.Itoa(n - 1))})
	if err != nil {
		return failed("%v", err)
	}
	return conn.Reply{Body: ret.Body, Failed: ret.Failed}
}

// stream echoes a bulk stream of the peer's back to it.
func (p *playground) stream(ctx context.Context, in *conn.Inbound) conn.Reply {
	id, _ := strconv.ParseUint(string(in.Body.Data), 10, 32)
	s, err := p.c.AcceptStream(ctx, uint32(id))
	if err != nil {
		return failed("%v", err)
	}
	defer shut(s)
	n, err := io.Copy(s, s)
	if err != nil {
		return failed("%v after %d", err, n)
	}
	if err := s.CloseWrite(); err != nil {
		return failed("%v", err)
	}
	return done(fmt.Sprint(n))
}

func (p *playground) note(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, s)
}

// transports are the ways to connect a test with a playground. Each ends the connection when the test is over, and fails it if something still runs.
var transports = map[string]func(t *testing.T) *conn.Conn{
	"pipe": func(t *testing.T) *conn.Conn {
		a, b := conn.Pipe(quiet(conn.Config{Name: "here", Bind: play}), quiet(conn.Config{Name: "there", Bind: play}))
		t.Cleanup(func() { over(t, b) })
		return a
	},
	"unix": func(t *testing.T) *conn.Conn {
		return dialServer(t, "unix://"+filepath.Join(t.TempDir(), "sub", "s"), "")
	},
	"tcp": func(t *testing.T) *conn.Conn {
		return dialServer(t, "tcp://127.0.0.1:0", conn.NewToken())
	},
	"exec": func(t *testing.T) *conn.Conn {
		t.Setenv(childEnv, "serve")
		d := conn.Dialer{Config: quiet(conn.Config{Name: "here", Bind: play})}
		c, err := d.Dial(t.Context(), "exec:"+os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		return c
	},
}

func dialServer(t *testing.T, addr, token string) *conn.Conn {
	t.Helper()
	addr = serve(t, &conn.Server{Config: quiet(conn.Config{Name: "there", Bind: play, Token: token})}, addr)
	d := conn.Dialer{Config: quiet(conn.Config{Name: "here", Bind: play, Token: token})}
	c, err := d.Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve runs a server until the test ends, and returns where it listens.
func serve(t *testing.T, s *conn.Server, addr string) string {
	t.Helper()
	ln, err := conn.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	if ln.Addr().Network() == "tcp" {
		addr = "tcp://" + ln.Addr().String()
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; !errors.Is(err, context.Canceled) && !errors.Is(err, conn.ErrServerClosed) {
			t.Errorf("Serve: %v", err)
		}
	})
	return addr
}

// over waits for everything of a connection to end, however that was.
func over(t *testing.T, c *conn.Conn) {
	t.Helper()
	_ = joined(t, c)
}

// shut closes what a test needs no more.
func shut(c io.Closer) { _ = c.Close() }

// joined waits for everything of a connection to end.
func joined(t *testing.T, c *conn.Conn) error {
	t.Helper()
	over := make(chan error)
	go func() { over <- c.Wait() }()
	select {
	case err := <-over:
		return err
	case <-time.After(10 * time.Second):
		buf := make([]byte, 1<<20)
		t.Fatalf("Wait does not return:\n%s", buf[:runtime.Stack(buf, true)])
		return nil
	}
}

// eachTransport runs a test over every transport.
func eachTransport(t *testing.T, f func(t *testing.T, c *conn.Conn)) {
	for name, dial := range transports {
		t.Run(name, func(t *testing.T) {
			c := dial(t)
			f(t, c)
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if err := joined(t, c); err != nil {
				t.Error(err)
			}
		})
	}
}

// call makes a call that must succeed, and returns its text.
func call(t *testing.T, c *conn.Conn, target any, name, data string, refs ...any) string {
	t.Helper()
	return string(callRet(t, c, target, name, data, refs...).Body.Data)
}

func callRet(t *testing.T, c *conn.Conn, target any, name, data string, refs ...any) conn.Return {
	t.Helper()
	ret, err := c.Call(t.Context(), &conn.Request{Target: target, Name: name, Body: conn.Message{Data: []byte(data), Refs: refs}})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if ret.Failed {
		t.Fatalf("%s failed: %s", name, ret.Body.Data)
	}
	return ret
}

// eventually waits for what has to become true without anybody saying when.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 10 s", what)
		}
	}
}

func stats(t *testing.T, c *conn.Conn) (st conn.Stats) {
	t.Helper()
	if err := json.Unmarshal([]byte(call(t, c, nil, "stats", "")), &st); err != nil {
		t.Fatal(err)
	}
	return st
}
