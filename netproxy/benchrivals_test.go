package netproxy_test

import (
	"context"
	"net/rpc"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// The benchmarks here have a rival, or the floor, beside each: go test -run '^$' -bench 'List|Callers|Issued' -count 6 ./netproxy | benchstat -col /via -

// Row is a struct as a listing has it.
type Row struct {
	Name    string
	Size    int64
	Mode    uint32
	ModTime time.Time
	Dir     bool
}

var rows = sync.OnceValue(func() []Row {
	all := make([]Row, 1000)
	for i := range all {
		all[i] = Row{"a-file-of-some-name.txt", int64(i) * 1237, 0o644, time.Date(2025, 3, 4, 5, 6, 7, i, time.UTC), i%10 == 0}
	}
	return all
})

// Depository is served by both.
type Depository struct{}

func (Depository) Echo(x int64) int64 { return x }
func (Depository) List() []Row        { return rows() }

// RPCDepository is Depository as net/rpc wants it.
type RPCDepository struct{}

func (RPCDepository) Echo(x *int64, y *int64) error { *y = *x; return nil }
func (RPCDepository) List(_ *int, all *[]Row) error { *all = rows(); return nil }
func netRPC(b *testing.B, service any) *rpc.Client {
	b.Helper()
	left, right := socketPair(b)
	s := rpc.NewServer()
	if err := s.RegisterName("S", service); err != nil {
		b.Fatal(err)
	}
	over := make(chan struct{})
	go func() { s.ServeConn(right); close(over) }()
	c := rpc.NewClient(left)
	b.Cleanup(func() { _ = c.Close(); <-over })
	return c
}

// BenchmarkList brings 1,000 structs home.
func BenchmarkList(b *testing.B) {
	b.Run("via=rgo", func(b *testing.B) {
		root := benchWith(b, Depository{})
		b.ReportAllocs()
		for b.Loop() {
			if all, err := netproxy.Call[[]Row](context.Background(), root, "List"); len(all) != 1000 || err != nil {
				b.Fatal(len(all), err)
			}
		}
	})
	b.Run("via=netrpc", func(b *testing.B) {
		c, none := netRPC(b, RPCDepository{}), 0
		b.ReportAllocs()
		for b.Loop() {
			var all []Row
			if err := c.Call("S.List", &none, &all); len(all) != 1000 || err != nil {
				b.Fatal(len(all), err)
			}
		}
	})
}

// BenchmarkCallers has 64 callers on one connection.
func BenchmarkCallers(b *testing.B) {
	run := func(via string, echo func(x int64) (int64, error)) {
		b.Run("via="+via, func(b *testing.B) {
			b.ReportAllocs()
			b.SetParallelism(64)
			b.RunParallel(func(more *testing.PB) {
				for x := int64(0); more.Next(); x++ {
					if y, err := echo(x); y != x || err != nil {
						b.Error(y, err)
						return
					}
				}
			})
		})
	}
	root := benchWith(b, Depository{})
	run("rgo", func(x int64) (int64, error) { return netproxy.Call[int64](context.Background(), root, "Echo", x) })
	c := netRPC(b, RPCDepository{})
	run("netrpc", func(x int64) (y int64, err error) { err = c.Call("S.Echo", &x, &y); return y, err })
}

// BenchmarkIssued issues 10,000 calls without waiting, and then awaits them; a call is an operation.
func BenchmarkIssued(b *testing.B) {
	const n = 10_000
	b.Run("via=rgo", func(b *testing.B) {
		root := benchWith(b, Depository{})
		all := make([]*async.Promise[int64], n)
		b.ReportAllocs()
		for b.Loop() {
			for i := range all {
				all[i] = async.Call[int64](async.Of(root), "Echo", int64(i))
			}
			for i, p := range all {
				if x, err := p.Await(context.Background()); x != int64(i) || err != nil {
					b.Fatal(x, err)
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/call")
	})
	b.Run("via=netrpc", func(b *testing.B) {
		c := netRPC(b, RPCDepository{})
		xs, ys := make([]int64, n), make([]int64, n)
		b.ReportAllocs()
		for b.Loop() {
			done := make(chan *rpc.Call, n)
			for i := range xs {
				xs[i] = int64(i)
				c.Go("S.Echo", &xs[i], &ys[i], done)
			}
			for range n {
				if call := <-done; call.Error != nil {
					b.Fatal(call.Error)
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/call")
	})
}
