package floor

import (
	"errors"
	"net"
	"net/rpc"
	"sync"

	"github.com/rgo-project/rgo/bench/internal/load"
)

// Service is what the server of net/rpc offers.
type Service struct {
	mu   sync.Mutex
	held chan struct{} // closed when those in Hold may return
}

// Echo returns x.
func (*Service) Echo(x *int64, y *int64) error { *y = *x; return nil }

// Put takes bytes.
func (*Service) Put(b *[]byte, n *int) error { *n = len(*b); return nil }

// EchoBytes returns them.
func (*Service) EchoBytes(b *[]byte, back *[]byte) error { *back = *b; return nil }

// List returns n entries.
func (*Service) List(n *int, list *[]load.Entry) error { *list = entries()[:*n]; return nil }

var entries = sync.OnceValue(func() []load.Entry { return load.Entries(1000) })

// Hold returns when somebody calls LetGo.
func (s *Service) Hold(_ *int, _ *int) error {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	<-held
	return nil
}

// LetGo lets those in Hold return.
func (s *Service) LetGo(_ *int, _ *int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.held)
	s.held = make(chan struct{})
	return nil
}

func serveRPC() func(net.Conn) {
	s := rpc.NewServer()
	if err := s.RegisterName("S", &Service{held: make(chan struct{})}); err != nil {
		panic(err) // the methods above are as net/rpc wants them
	}
	return func(c net.Conn) { s.ServeConn(c) }
}

// RPC is a client of net/rpc. Many may use it at once.
type RPC struct{ *rpc.Client }

// NewRPC speaks net/rpc over a connection.
func NewRPC(c net.Conn) *RPC { return &RPC{rpc.NewClient(c)} }

func (c *RPC) Echo(x int64) (y int64, err error) {
	err = c.Call("S.Echo", &x, &y)
	return y, err
}

func (c *RPC) Put(b []byte) (n int, err error) {
	err = c.Call("S.Put", &b, &n)
	return n, err
}

// EchoBytes sends bytes there and back.
func (c *RPC) EchoBytes(b []byte) (back []byte, err error) {
	err = c.Call("S.EchoBytes", &b, &back)
	return back, err
}

// List is a listing of n entries.
func (c *RPC) List(n int) (list []load.Entry, err error) {
	err = c.Call("S.List", &n, &list)
	return list, err
}

// PutAll puts bytes n times, several at a time.
func (c *RPC) PutAll(b []byte, n int) error {
	done := make(chan *rpc.Call, n)
	sizes := make([]int, n)
	var errs error
	for i := range n {
		if i >= ahead {
			errs = errors.Join(errs, (<-done).Error)
		}
		c.Go("S.Put", &b, &sizes[i], done)
	}
	for range min(n, ahead) {
		errs = errors.Join(errs, (<-done).Error)
	}
	for _, size := range sizes {
		if size != len(b) {
			return errors.Join(errs, load.ErrWrong)
		}
	}
	return errs
}

// ahead is how many payloads PutAll of net/rpc has under way.
const ahead = 4

// Ahead issues n echoes without waiting, and then awaits them all.
func (c *RPC) Ahead(n int) error {
	done := make(chan *rpc.Call, n)
	xs, ys := make([]int64, n), make([]int64, n)
	for i := range n {
		xs[i] = int64(i)
		c.Go("S.Echo", &xs[i], &ys[i], done)
	}
	var errs error
	for range n {
		errs = errors.Join(errs, (<-done).Error)
	}
	for i := range ys {
		if ys[i] != xs[i] {
			return errors.Join(errs, load.ErrWrong)
		}
	}
	return errs
}
