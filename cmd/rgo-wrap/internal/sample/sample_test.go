package sample

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// memory is the object at the other side.
type memory struct{ m map[string][]byte }

func (s *memory) Close() error                       { s.m = nil; return fs.ErrClosed }
func (s *memory) Get(key string) ([]byte, error)     { return s.m[key], nil }
func (s *memory) Put(key string, value []byte) error { s.m[key] = value; return nil }
func (s *memory) Len() int                           { return len(s.m) }
func (s *memory) Open(name string) (fs.File, error) {
	return fstest.MapFS{"f": {Data: s.m["f"]}}.Open(name)
}
func (s *memory) Sort(keys []string)           { slices.Sort(keys) }
func (s *memory) Load(key string) (int, bool)  { return len(s.m[key]), s.m[key] != nil }
func (s *memory) Keep(key string, n int) error { s.m[key] = make([]byte, n); return nil }
func (s *memory) Panic()                       { panic("no") }
func (s *memory) Each(f func(key string, v []byte) bool) {
	for k, v := range s.m {
		if !f(k, v) {
			return
		}
	}
}

func (s *memory) Keys(prefixes ...string) (keys []string, more bool) {
	for k := range s.m {
		for _, p := range prefixes {
			if strings.HasPrefix(k, p) {
				keys = append(keys, k)
			}
		}
	}
	slices.Sort(keys)
	return keys, true
}

// Is says whether x is the object itself.
func (s *memory) Is(x any) bool { return x == any(s) }

func (s *memory) is(t *testing.T, ctx context.Context, root *netproxy.Proxy, x Store) bool {
	same, err := netproxy.Call[bool](ctx, root, "Is", x)
	if err != nil {
		t.Error(err)
	}
	return same
}

func dial(t *testing.T, root any) (context.Context, *netproxy.Proxy) {
	t.Helper()
	a, b := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(root)})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(func() {
		cancel()
		_ = a.Close()
		_ = b.Close()
		_ = a.Wait()
		_ = b.Wait()
	})
	return ctx, netproxy.Root(a)
}

// TestGenerated uses the implementations that were generated.
func TestGenerated(t *testing.T) {
	there := &memory{map[string][]byte{"f": []byte("file")}}
	ctx, root := dial(t, &struct{ Store *memory }{there})
	root, err := root.Get(ctx, "Store")
	if err != nil {
		t.Fatal(err)
	}
	s, err := netproxy.As[Store](ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	if _, generated := s.(remoteStore); !generated {
		t.Fatalf("it is a %T", s)
	}
	if again, err := netproxy.As[Store](ctx, root); again != s || err != nil {
		t.Errorf("made again, it is another one: %v", err)
	}
	if err := s.Put("k", []byte("v")); err != nil {
		t.Error(err)
	}
	if v, err := s.Get(ctx, "k"); string(v) != "v" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Get(gone, "k"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if keys, more := s.Keys("f", "k"); s.Len() != 2 || fmt.Sprint(keys, more) != "[f k] true" {
		t.Errorf("%d, %v, %v", s.Len(), keys, more)
	}
	n := 0
	s.Each(func(string, []byte) bool { n++; return false })
	if n != 1 {
		t.Errorf("each: %d", n)
	}
	keys := []string{"c", "a", "b"}
	if s.Sort(keys); fmt.Sprint(keys) != "[a b c]" {
		t.Errorf("sorted: %v", keys)
	}
	f, err := s.Open("f")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := f.Stat(); err != nil || info.Size() != 4 {
		t.Errorf("%v, %v", info, err)
	}
	if _, ok := netproxy.ProxyOf(s); !ok {
		t.Error("nothing is known of what it was made of")
	}
	if !there.is(t, ctx, root, s) {
		t.Error("what goes home is not the original")
	}
	if err := s.Close(); !errors.Is(err, fs.ErrClosed) || there.m != nil {
		t.Errorf("%v", err)
	}
}

// TestGeneric registers an instance of a generic interface.
func TestGeneric(t *testing.T) {
	RegisterRemoteCache[string, int]()
	ctx, root := dial(t, &memory{map[string][]byte{"k": []byte("v")}})
	c, err := netproxy.As[Cache[string, int]](ctx, root)
	if err != nil {
		t.Fatal(err)
	}
	if _, generated := c.(remoteCache[string, int]); !generated {
		t.Fatalf("it is a %T", c)
	}
	if err := c.Keep("n", 3); err != nil {
		t.Error(err)
	}
	if v, ok := c.Load("n"); v != 3 || !ok {
		t.Errorf("%d, %v", v, ok)
	}
}

// TestGeneratedIsChecked shows that signatures are compared for generated implementations, too.
func TestGeneratedIsChecked(t *testing.T) {
	ctx, root := dial(t, &memory{})
	if _, err := netproxy.As[Odd](ctx, root); !errors.Is(err, netproxy.ErrArgument) || !strings.Contains(err.Error(), "Sources is missing") {
		t.Errorf("%v", err)
	}
}
