package conn

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func (r *reserved) there() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.memory != nil
}

// The reserve counts as heap as long as bodies come, and goes away afterwards.
func TestReserve(t *testing.T) {
	heap := func() (m runtime.MemStats) { runtime.GC(); runtime.ReadMemStats(&m); return m }
	var r reserved
	before := heap()
	if r.useFor(reserveFrom); r.there() {
		t.Error("it is there for the first bodies of a connection")
	}
	r.useFor(reserveFrom + 1)
	if with := heap(); !r.there() || with.HeapAlloc < before.HeapAlloc+reserveSize/2 {
		t.Errorf("%d bytes in the heap before, %d with it", before.HeapAlloc, with.HeapAlloc)
	}
	for end := time.Now().Add(reserveTime + reserveTime/2); time.Now().Before(end); time.Sleep(reserveTime / 100) {
		if r.use(); !r.there() {
			t.Fatal("it went away while it was in use")
		}
	}
	for end := time.Now().Add(30 * time.Second); r.there(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is still there")
		}
	}
	if after := heap(); after.HeapAlloc > before.HeapAlloc+reserveSize/2 {
		t.Errorf("%d bytes in the heap before, %d after it", before.HeapAlloc, after.HeapAlloc)
	}
	r.use()
	if !r.there() {
		t.Error("it has not come back")
	}
	for end := time.Now().Add(30 * time.Second); r.there() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	r.mu.Lock()
	again := r.last.Value()
	r.mu.Unlock()
	r.use()
	r.mu.Lock()
	defer r.mu.Unlock()
	if again != nil && r.memory != nil && r.memory != again { // the collector may run by itself, and we may be late
		t.Error("it was made anew, though the collector has not run")
	}
}

// Who bounds the memory of a process means it.
func TestReserveHeedsTheMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(100 << 20))
	var r reserved
	if r.use(); r.there() {
		t.Error("16 MiB of 100 are held back")
	}
	debug.SetMemoryLimit(math.MaxInt64)
	if r.use(); !r.there() {
		t.Error("there is no limit any more, and no reserve")
	}
}
