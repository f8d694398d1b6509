package netproxy_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

func heap() int64 {
	runtime.GC()
	runtime.GC() // what cleanups have let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Objects are exported, proxied, all held at once, and dropped: afterwards the tables are empty and the memory is back. With RGO_MILLION=1 there are a million.
func TestManyObjectsAtOnce(t *testing.T) {
	n := 20_000
	if os.Getenv("RGO_MILLION") != "" {
		n = 1_000_000
	}
	const each = 10_000
	left, right := conn.Pipe(conn.Config{Name: "here"}, conn.Config{Name: "there", Bind: netproxy.Serve(&Mill{})})
	defer shut(t, left, right)
	root, ctx := netproxy.Root(left), t.Context()
	if _, err := netproxy.Call[[]*netproxy.Proxy](ctx, root, "Bags", 10); err != nil { // what is made once
		t.Fatal(err)
	}
	settle(t, func() bool { return left.Stats().Imports == 0 && right.Stats().Exports == 0 })
	empty := heap()

	began := time.Now()
	all := make([][]*netproxy.Proxy, 0, n/each)
	for range n / each {
		bags, err := netproxy.Call[[]*netproxy.Proxy](ctx, root, "Bags", each)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bags)
	}
	came := time.Since(began)
	if l, r := left.Stats().Imports, right.Stats().Exports; l != n || r != n {
		t.Fatalf("%d imports, %d exports", l, r)
	}
	full := heap()
	if x, err := all[len(all)-1][each-1].Display(ctx); err != nil || x == "" {
		t.Errorf("the last one: %q, %v", x, err)
	}

	began = time.Now()
	clear(all)
	all = nil
	limit := time.Now().Add(time.Minute)
	for left.Stats().Imports+right.Stats().Exports > 0 {
		if time.Now().After(limit) {
			t.Fatalf("left: %+v", left.Stats())
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	went := time.Since(began)
	most := empty + (full-empty)/20 + 256<<10
	after := heap()
	for end := time.Now().Add(20 * time.Second); after > most && time.Now().Before(end); after = heap() {
		time.Sleep(10 * time.Millisecond) // the objects are being told
	}
	t.Logf("%d objects: came in %v (%v each), %d bytes each for both ends together with the object; went in %v (%v each); the heap was %d KiB and is %d KiB",
		n, came.Round(time.Millisecond), came/time.Duration(n), (full-empty)/int64(n), went.Round(time.Millisecond), went/time.Duration(n), empty>>10, after>>10)
	if after > most {
		t.Errorf("the heap was %d KiB, grew to %d KiB, and is %d KiB", empty>>10, full>>10, after>>10)
	}
}
