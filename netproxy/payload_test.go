package netproxy_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// Silo keeps what it is given.
type Silo struct {
	mu   sync.Mutex
	kept [][]byte
}

// Keep keeps b as it is.
func (d *Silo) Keep(b []byte) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = append(d.kept, b)
	return len(b)
}

// Kept returns what was kept.
func (d *Silo) Kept(i int) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.kept[i]
}

// Change adds 1 to a byte, calls back, and adds 1 to the next.
func (*Silo) Change(b []byte, at int, f func() error) error {
	b[at]++
	err := f()
	b[at+1]++
	return err
}

// Two takes more than one.
func (*Silo) Two(a []byte, note string, b []byte) (int, string, []byte) {
	_ = append(a, 'x') // has to be moved for that
	return len(a), note, b
}

// Named is of another type of bytes, in a struct, behind a pointer.
func (*Silo) Named(p *Sack) string {
	return string(p.Bytes[:1]) + string(p.Bytes[len(p.Bytes)-1:]) + p.Label
}

// Write implements io.Writer.
func (d *Silo) Write(b []byte) (int, error) { return d.Keep(bytes.Clone(b)), nil }

// Refuse fails.
func (*Silo) Refuse(b []byte) error { b[0] = 'R'; return io.ErrClosedPipe }

// Sack has bytes in it.
type Sack struct {
	Bytes Grains
	Label string
}

// Grains are bytes.
type Grains []byte

func letters(n int) []byte { return []byte(strings.Repeat("abcdefghijklmnopqrstuvwxyz", n/26+1)[:n]) }

// sizes are around those from which on a body is not copied, does not fit a frame, and goes in several pieces.
var sizes = []int{16<<10 - 1, 16 << 10, 64<<10 - 20, 64 << 10, 128<<10 + 1, 1 << 20}

func TestLargeByteStringsAreValuesLikeAllOthers(t *testing.T) {
	eachWay(t, func() any { return &Silo{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for i, n := range sizes {
			b := letters(n)
			if got := must[int](t)(netproxy.Call[int](ctx, root, "Keep", b)); got != n {
				t.Fatalf("%d bytes of %d", got, n)
			}
			clear(b) // it is the caller's again
			kept := must[[]byte](t)(netproxy.Call[[]byte](ctx, root, "Kept", i))
			if !bytes.Equal(kept, letters(n)) {
				t.Fatalf("%d bytes are not what was given away", n)
			}
			clear(kept) // it is a copy
			if again := must[[]byte](t)(netproxy.Call[[]byte](ctx, root, "Kept", i)); !bytes.Equal(again, letters(n)) {
				t.Fatalf("%d bytes are not what was kept", n)
			}
		}
	})
}

func TestSeveralLargeByteStringsInOneMessage(t *testing.T) {
	eachWay(t, func() any { return &Silo{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var api struct {
			Two func(context.Context, []byte, string, []byte) (int, string, []byte, error)
		}
		if err := netproxy.Bind(ctx, root, &api); err != nil {
			t.Fatal(err)
		}
		for _, n := range sizes {
			a, b := letters(n), letters(2*n)
			got, note, back, err := api.Two(ctx, a, "between", b)
			if got != n || note != "between" || !bytes.Equal(back, letters(2*n)) || err != nil {
				t.Fatal(n, got, note, len(back), err)
			}
			if &back[0] != &b[0] {
				t.Error("what was lent did not come home as what it was")
			}
			if text := must[string](t)(netproxy.Call[string](ctx, root, "Named", &Sack{Bytes: a, Label: "label"})); text != string([]byte{a[0], a[n-1]})+"label" {
				t.Error(n, text)
			}
		}
	})
}

func TestWhatIsChangedInLargeByteStringsComesBack(t *testing.T) {
	eachWay(t, func() any { return &Silo{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var all sync.WaitGroup
		for _, n := range append(sizes, sizes...) { // at once: what one call compares with is nobody else's
			all.Go(func() {
				b, want := letters(n), letters(n)
				for at := 0; at+1 < n; at += 1 + n/5 {
					inside := func() error {
						want[at]++
						if !bytes.Equal(b, want) {
							t.Errorf("of %d bytes: byte %d has not changed before the callback", n, at)
						}
						b[n-1] ^= 0xff
						want[n-1] ^= 0xff
						return nil
					}
					if _, err := netproxy.Call[struct{}](ctx, root, "Change", b, at, inside); err != nil {
						t.Error(n, err)
						return
					}
					if want[at+1]++; !bytes.Equal(b, want) {
						t.Errorf("of %d bytes: byte %d has not changed, or not alone", n, at+1)
					}
				}
				if _, err := netproxy.Call[struct{}](ctx, root, "Refuse", b); err == nil || b[0] != 'R' {
					t.Errorf("of %d bytes, with an error: %v, %q", n, err, b[0])
				}
			})
		}
		all.Wait()
	})
}

func TestLargeWritesAreTheWritersOwnAgain(t *testing.T) {
	d := &Silo{}
	w := must[io.Writer](t)(netproxy.As[io.Writer](deadline(t), pair(t, d)))
	b := make([]byte, 300<<10)
	for i := range 5 {
		for j := range b {
			b[j] = byte(i)
		}
		if n, err := w.Write(b); n != len(b) || err != nil {
			t.Fatal(n, err)
		}
	}
	for i, kept := range d.kept {
		if len(kept) != len(b) || kept[0] != byte(i) || bytes.Count(kept, kept[:1]) != len(kept) {
			t.Errorf("write %d was of something else", i)
		}
	}
}

func TestNobodyReadsAByteStringOfACallThatWasGivenUp(t *testing.T) {
	root := pair(t, &Silo{})
	b := make([]byte, 8<<20)
	for i := range 20 {
		ctx, cancel := context.WithTimeout(deadline(t), time.Duration(i*100)*time.Microsecond)
		_, err := netproxy.Call[int](ctx, root, "Keep", b)
		clear(b) // which the race detector would tell of
		cancel()
		if err == nil && i == 0 {
			t.Error("no call was given up")
		}
	}
	if n := must[int](t)(netproxy.Call[int](deadline(t), root, "Keep", b[:5])); n != 5 {
		t.Error(n)
	}
}

func TestLargeArgumentsOfAsynchronousCallsAreTakenAtOnce(t *testing.T) {
	eachWay(t, func() any { return &Silo{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		b := make([]byte, 200<<10)
		calls := make([]*async.Promise[int], 20)
		line := async.Of(root)
		for i := range calls {
			for j := range b {
				b[j] = byte(i)
			}
			calls[i] = async.Call[int](line, "Keep", b)
		}
		clear(b)
		for i, call := range calls {
			if n, err := call.Await(ctx); n != len(b) || err != nil {
				t.Fatal(i, n, err)
			}
			kept := must[[]byte](t)(netproxy.Call[[]byte](ctx, root, "Kept", i))
			if len(kept) != len(b) || kept[0] != byte(i) || bytes.Count(kept, kept[:1]) != len(b) {
				t.Fatalf("call %d was of something else", i)
			}
		}
	})
}
