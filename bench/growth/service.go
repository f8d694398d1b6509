package main

import (
	"context"
	"log"
	"net"
	"runtime"
	"sync"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// service is what the server offers.
type service struct {
	mu   sync.Mutex
	kept []*netproxy.Proxy // objects of the client
	held chan struct{}     // closed when those in Hold may return
}

func newService() *service { return &service{held: make(chan struct{})} }

// thing stays where it is: it has unexported state.
type thing struct {
	n int64
	_ func()
}

// Ask returns x.
func (t *thing) Ask(x int64) int64 { return x }

func things(n int) []*thing {
	all := make([]*thing, n)
	for i := range all {
		all[i] = &thing{n: int64(i)}
	}
	return all
}

// Echo returns x.
func (*service) Echo(x int64) int64 { return x }

// Thing is an object.
func (*service) Thing() *thing { return &thing{} }

// Things are n objects.
func (*service) Things(n int) []*thing { return things(n) }

// Keep holds objects of the client.
func (s *service) Keep(more []*netproxy.Proxy) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, more...)
}

// Pass is given an object of the client, and x, which it returns.
func (s *service) Pass(_ *netproxy.Proxy, x int64) int64 { return x }

// Drop holds them no more.
func (s *service) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
}

// Collect runs the collector.
func (*service) Collect() { runtime.GC() }

// Results is how many results are kept for the client.
func (*service) Results(ctx context.Context) int {
	s := conn.FromContext(ctx).Stats()
	return s.Results - s.PendingIn
}

// Hold returns x when somebody calls LetGo.
func (s *service) Hold(x int64) int64 {
	s.mu.Lock()
	held := s.held
	s.mu.Unlock()
	<-held
	return x
}

// LetGo lets those in Hold return.
func (s *service) LetGo() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.held)
	s.held = make(chan struct{})
}

func serve(l net.Listener) error {
	cfg := conn.Config{Name: "growth", Bind: netproxy.Serve(newService())}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() { // ends with the handshake
			if _, err := conn.Accept(context.Background(), c, cfg); err != nil {
				log.Print(err)
			}
		}()
	}
}

func dial(addr string) (*netproxy.Proxy, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	k, err := conn.Client(context.Background(), c, conn.Config{Name: "growth"})
	if err != nil {
		return nil, err
	}
	return netproxy.Root(k), nil
}

// echo calls the service.
func echo(root *netproxy.Proxy) call {
	return func(x int64) (int64, error) {
		return netproxy.Call[int64](context.Background(), root, "Echo", x)
	}
}
