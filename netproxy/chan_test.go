package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Post has channels of all kinds.
type Post struct {
	mu   sync.Mutex
	subs []chan<- string
	c    chan int
	sent int
}

func (p *Post) Subscribe(c chan<- string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.subs = append(p.subs, c)
}

func (p *Post) publish(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.subs {
		c <- s
	}
}

// Numbers sends 0 … n-1 and closes.
func (p *Post) Numbers(n, capacity int) <-chan int {
	c := make(chan int, capacity)
	go func() { // ends when all is received, which the tests do
		defer close(c)
		for i := range n {
			c <- i
			p.mu.Lock()
			p.sent++
			p.mu.Unlock()
		}
	}()
	return c
}

func (p *Post) Sent() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent
}

func (p *Post) Chan(capacity int) chan int {
	p.c = make(chan int, capacity)
	return p.c
}

func (p *Post) IsChan(c <-chan int) bool     { return c == p.c }
func (p *Post) IsSendChan(c chan<- int) bool { return c == p.c }
func (p *Post) HasChan(cs []<-chan int) bool { return len(cs) == 1 && cs[0] == p.c }
func (p *Post) Both(c chan int)              {}
func (p *Post) Rows() <-chan []string {
	c := make(chan []string, 2)
	c <- []string{"a"}
	c <- nil
	close(c)
	return c
}

func (p *Post) Pair() (<-chan int, chan<- int) {
	c := make(chan int)
	return c, c
}

// Parcel has a channel and a sequence among its fields.
type Parcel struct {
	Name string
	C    <-chan int
	S    iter.Seq[int]
	All  []<-chan int
}

func (p *Post) Parcel() Parcel {
	return Parcel{"p", p.Numbers(3, 1), newPress().Count(3), []<-chan int{p.Numbers(2, 0)}}
}

func (p *Post) Open(q Parcel) (sum int) {
	for v := range q.S {
		sum += v
	}
	return sum + p.Sum(q.C) + p.Sum(q.All[0])
}

func (p *Post) Errors() <-chan error {
	c := make(chan error, 2)
	c <- fs.ErrNotExist
	c <- nil
	close(c)
	return c
}

func TestChannelsInsideOfValues(t *testing.T) {
	eachWay(t, func() any { return &Post{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		q := must[Parcel](t)(netproxy.Call[Parcel](ctx, root, "Parcel"))
		if sum := (&Post{}).Open(q); sum != 3+3+1 {
			t.Error(sum)
		}
		if sum, err := netproxy.Call[int](ctx, root, "Open", (&Post{}).Parcel()); sum != 7 || err != nil {
			t.Error(sum, err)
		}
		c := must[<-chan error](t)(netproxy.Call[<-chan error](ctx, root, "Errors"))
		if err := <-c; err != fs.ErrNotExist { //nolint:errorlint // itself
			t.Error(err)
		}
		if err, ok := <-c; err != nil || !ok {
			t.Error(err, ok)
		}
	})
}

// Sum adds up what comes until it is closed.
func (p *Post) Sum(c <-chan int) (sum int) {
	for v := range c {
		sum += v
	}
	return sum
}

// Wait waits for the end of a context or a channel.
func (p *Post) Wait(ctx context.Context, c <-chan struct{}) string {
	select {
	case <-c:
		return "closed"
	case <-ctx.Done():
		return "gave up"
	}
}

func TestAChannelToReceiveFrom(t *testing.T) {
	for _, capacity := range []int{0, 1, 7, 300} {
		t.Run(fmt.Sprint(capacity), func(t *testing.T) {
			eachWay(t, func() any { return &Post{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
				c := must[<-chan int](t)(netproxy.Call[<-chan int](ctx, root, "Numbers", 500, capacity))
				if cap(c) != capacity {
					t.Errorf("its capacity is %d", cap(c))
				}
				for i := range 500 {
					if v, ok := <-c; v != i || !ok {
						t.Fatal(i, v, ok)
					}
				}
				if v, ok := <-c; v != 0 || ok {
					t.Error(v, ok)
				}
				idle(t, root)
			})
		})
	}
}

func TestAFullChannelBlocksTheSenderThere(t *testing.T) {
	for _, capacity := range []int{0, 1, 10} {
		eachWay(t, func() any { return &Post{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			c := must[<-chan int](t)(netproxy.Call[<-chan int](ctx, root, "Numbers", 200, capacity))
			ahead := func(received int) {
				t.Helper()
				time.Sleep(30 * time.Millisecond)
				most := received + 2*capacity + 1 // both buffers, and one in hand
				if sent := must[int](t)(netproxy.Call[int](ctx, root, "Sent")); sent > most || sent < received {
					t.Errorf("%d sent, %d received, capacity %d", sent, received, capacity)
				}
			}
			ahead(0)
			for range 50 {
				<-c
			}
			ahead(50)
			for range c {
			}
		})
	}
}

func TestSelectOverChannelsOfTheOtherSide(t *testing.T) {
	eachWay(t, func() any { return &Post{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		a := must[<-chan int](t)(netproxy.Call[<-chan int](ctx, root, "Numbers", 100, 0))
		b := must[<-chan int](t)(netproxy.Call[<-chan int](ctx, root, "Numbers", 100, 5))
		n := 0
		for a != nil || b != nil {
			select {
			case _, ok := <-a:
				if n++; !ok {
					a = nil
				}
			case _, ok := <-b:
				if n++; !ok {
					b = nil
				}
			case <-ctx.Done():
				t.Fatal(n, ctx.Err())
			}
		}
		if n != 202 {
			t.Error(n)
		}
	})
}

func TestAChannelToSendOn(t *testing.T) {
	for _, capacity := range []int{0, 1, 64} {
		posts := make(chan *Post, 10)
		eachWay(t, func() any { p := &Post{}; posts <- p; return p }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			c := must[chan<- int](t)(netproxy.Call[chan<- int](ctx, root, "Chan", capacity))
			there := (<-posts).c
			var got []int
			done := make(chan struct{})
			go func() { // ends when the channel is closed
				defer close(done)
				for v := range there {
					got = append(got, v)
				}
			}()
			for i := range 500 {
				select {
				case c <- i:
				case <-ctx.Done():
					t.Error(ctx.Err())
				}
			}
			close(c)
			select {
			case <-done:
			case <-ctx.Done():
				t.Fatal("close has not crossed")
			}
			if len(got) != 500 || !slices.IsSorted(got) {
				t.Error(got)
			}
			idle(t, root)
		})
		// With nobody there to receive, the sender here is held up.
		root := pair(t, &Post{})
		c := must[chan<- int](t)(netproxy.Call[chan<- int](deadline(t), root, "Chan", capacity))
		n := 0
		for full := false; !full; {
			select {
			case c <- n:
				n++
			case <-time.After(50 * time.Millisecond):
				full = true
			}
		}
		if n > 3*capacity+1 || n < 2*capacity {
			t.Errorf("%d values were taken of a sender, capacity %d", n, capacity)
		}
	}
}

func TestEventsArriveWhileNobodyCalls(t *testing.T) {
	p := &Post{}
	root := pair(t, p)
	ctx := deadline(t)
	events := make(chan string, 3)
	if _, err := root.Call(ctx, "Subscribe", events); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		p.publish(fmt.Sprint(i))
		select {
		case e := <-events:
			if e != fmt.Sprint(i) {
				t.Error(i, e)
			}
		case <-ctx.Done():
			t.Fatal("no event")
		}
	}
}

func TestChannelsAsArguments(t *testing.T) {
	eachWay(t, func() any { return &Post{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		c := make(chan int, 10)
		go func() { // ends when the callee has received all
			for i := range 100 {
				c <- i
			}
			close(c)
		}()
		if sum, err := netproxy.Call[int](ctx, root, "Sum", c); sum != 4950 || err != nil {
			t.Error(sum, err)
		}
		stop := make(chan struct{})
		time.AfterFunc(10*time.Millisecond, func() { close(stop) })
		if s, err := netproxy.Call[string](ctx, root, "Wait", stop); s != "closed" || err != nil {
			t.Error(s, err)
		}
		if _, err := netproxy.Call[struct{}](ctx, root, "Both", make(chan int)); !errors.Is(err, netproxy.ErrArgument) {
			t.Error(err)
		}
		if _, err := netproxy.Call[chan int](ctx, root, "Chan", 1); !errors.Is(err, netproxy.ErrArgument) {
			t.Error(err)
		}
		if _, err := netproxy.Call[<-chan string](ctx, root, "Chan", 1); !errors.Is(err, netproxy.ErrArgument) {
			t.Error(err)
		}
		if _, err := netproxy.Call[chan<- int](ctx, root, "Numbers", 0, 0); !errors.Is(err, netproxy.ErrArgument) {
			t.Error(err)
		}
		var rows [][]string
		for row := range must[<-chan []string](t)(netproxy.Call[<-chan []string](ctx, root, "Rows")) {
			rows = append(rows, row)
		}
		if len(rows) != 2 || len(rows[0]) != 1 || rows[0][0] != "a" || rows[1] != nil {
			t.Errorf("%#v", rows)
		}
	})
}

func TestChannelsGoHomeAsThemselves(t *testing.T) {
	eachWay(t, func() any { return &Post{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		p := must[*netproxy.Proxy](t)(root.Call(ctx, "Chan", 2))
		in := must[<-chan int](t)(netproxy.Value[<-chan int](ctx, p))
		if again := must[<-chan int](t)(netproxy.Value[<-chan int](ctx, p)); again != in {
			t.Error("one channel is two here")
		}
		out := must[chan<- int](t)(netproxy.Value[chan<- int](ctx, p))
		for _, is := range []struct {
			name string
			c    any
		}{{"IsChan", in}, {"IsSendChan", out}, {"IsChan", p}, {"HasChan", []<-chan int{in}}} {
			if home, err := netproxy.Call[bool](ctx, root, is.name, is.c); !home || err != nil {
				t.Error(is.name, home, err)
			}
		}
		if q, ok := netproxy.ProxyOf(in); !ok || q != p {
			t.Error(q, ok)
		}
		out <- 5
		if v := <-in; v != 5 {
			t.Error(v)
		}
	})
}

func TestChannelsOfALostPeer(t *testing.T) {
	post := &Post{}
	left, right := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(post)})
	defer shut(t, left, right)
	ctx := deadline(t)
	root := netproxy.Root(left)
	p := must[*netproxy.Proxy](t)(root.Call(ctx, "Chan", 0))
	in := must[<-chan int](t)(netproxy.Value[<-chan int](ctx, p))
	out := must[chan<- int](t)(netproxy.Value[chan<- int](ctx, p))
	go right.Abort("gone")
	select {
	case _, ok := <-in:
		if ok {
			t.Error("a value")
		}
	case <-ctx.Done():
		t.Error("a reader hangs")
	}
	<-left.Done()
	select {
	case out <- 1: // the bridge may just have been there to take it
	case <-left.Context().Done():
	}
}

// A channel that nobody holds any more costs nothing.
func TestForgottenChannels(t *testing.T) {
	root := pair(t, &Post{})
	ctx := deadline(t)
	before := runtime.NumGoroutine()
	for range 50 {
		must[<-chan int](t)(netproxy.Call[<-chan int](ctx, root, "Chan", 3))
	}
	if !settle(t, func() bool {
		st := root.Conn().Stats()
		return st.PendingOut == 0 && st.Imports == 0 && runtime.NumGoroutine() < before+40 // some wait for the next call
	}) {
		t.Errorf("%+v, %d goroutines more", root.Conn().Stats(), runtime.NumGoroutine()-before)
	}
}

// A receiver that nobody reads from any more, and that has a value in hand, goes away as well.
func TestAForgottenChannelWithAValueInHand(t *testing.T) {
	root := pair(t, &Post{})
	ctx := deadline(t)
	<-must[<-chan int](t)(netproxy.Call[<-chan int](ctx, root, "Plenty"))
	for end := time.Now().Add(20 * time.Second); root.Conn().Stats().Imports > 0; time.Sleep(20 * time.Millisecond) {
		if runtime.GC(); time.Now().After(end) {
			t.Fatalf("%+v", root.Conn().Stats())
		}
	}
}

// Plenty has more values than anybody takes.
func (p *Post) Plenty() <-chan int {
	c := make(chan int, 100)
	for i := range 100 {
		c <- i
	}
	return c
}

func TestTooManyChannels(t *testing.T) {
	root := pair(t, &Post{})
	ctx := deadline(t)
	var all []<-chan int
	for i := 0; ; i++ {
		c, err := netproxy.Call[<-chan int](ctx, root, "Chan", 0)
		if errors.Is(err, netproxy.ErrUnsupported) {
			break
		} else if err != nil || i == 10_000 {
			t.Fatal(i, err)
		}
		all = append(all, c)
	}
	runtime.KeepAlive(all)
}

func BenchmarkChan(b *testing.B) {
	for _, capacity := range []int{0, 1, 16, 256} {
		b.Run(fmt.Sprint("capacity=", capacity), func(b *testing.B) {
			root := benchWith(b, &Post{})
			n := b.N
			c, err := netproxy.Call[<-chan int](context.Background(), root, "Numbers", n, capacity)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for range c {
			}
		})
	}
}
