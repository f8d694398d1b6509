// One's own object on a socket, without an interpreter: who connects can call its exported methods and nothing else.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// A Counter is the object we serve.
type Counter struct {
	mu       sync.Mutex
	count    int
	watchers []func(int)
}

// ErrNegative is what Add returns for a negative number.
var ErrNegative = errors.New("a counter only goes up")

// Add adds n, tells the watchers, and returns the count.
func (c *Counter) Add(n int) (int, error) {
	if n < 0 {
		return 0, ErrNegative
	}
	c.mu.Lock()
	c.count += n
	count, watchers := c.count, c.watchers
	c.mu.Unlock()
	for _, watch := range watchers {
		watch(count)
	}
	return count, nil
}

// Watch calls watch with the new count after every Add.
func (c *Counter) Watch(watch func(count int)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = append(c.watchers, watch)
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "counter")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	addr := "unix://" + filepath.Join(dir, "counter.sock")

	// The serving side. One counter for all who connect.
	l, err := conn.Listen(addr)
	if err != nil {
		return err
	}
	srv := &conn.Server{Config: conn.Config{Bind: netproxy.Serve(new(Counter))}}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()

	if err := use(ctx, addr); err != nil {
		return err
	}
	if err := srv.Shutdown(ctx); err != nil {
		return err
	}
	if err := <-served; !errors.Is(err, conn.ErrServerClosed) {
		return err
	}
	return nil
}

// use is the other side, which would be a program of its own.
func use(ctx context.Context, addr string) error {
	c, err := conn.Dial(ctx, addr)
	if err != nil {
		return err
	}
	defer c.Close()
	counter := netproxy.Root(c)

	if _, err := counter.Call(ctx, "Watch", func(count int) { fmt.Println("now at", count) }); err != nil {
		return err
	}
	for n := range 3 {
		if _, err := netproxy.Call[int](ctx, counter, "Add", n+1); err != nil {
			return err
		}
	}
	_, err = counter.Call(ctx, "Add", -1)
	fmt.Println("refused:", err)
	_, err = counter.Call(ctx, "Ad", 1)
	fmt.Println("misspelt:", err)
	return nil
}
