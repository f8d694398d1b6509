package conn

import (
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"weak"
)

// Of a process that hands large bodies on, little lives, and the garbage collector runs whenever the heap has doubled: at every third body of 1 MiB, many hundred
// times in a second, and each time it stops everything. So while bodies come and go on a connection, a reserve lies in the heap: memory that counts, and that nobody ever touches,
// so that the system need not have it. The collector runs when as much again has been used. Afterwards the reserve is held weakly: who comes back before the collector
// finds the heap as it was, with memory that the system has already given.

const (
	reserveSize = 16 << 20
	reserveTime = time.Second / 4 // between two looks whether it is in use
	reserveFrom = 4               // the first bodies of a connection, which may be all that it has, do without
)

// reserve is that of the process, as there is one heap.
var reserve reserved

type reserved struct {
	mu     sync.Mutex
	memory *strings.Builder              // nil while no bodies come. What a Builder has room for has never been written to, not even to clear it
	last   weak.Pointer[strings.Builder] // what it was, for as long as the collector has not run since
	used   bool                          // since the last look
}

// useFor is use for a piece of that body of a connection.
func (r *reserved) useFor(number uint64) {
	if number > reserveFrom {
		r.use()
	}
}

// use sees to it that the reserve is there for a while; not if the process has a limit on its memory that it would fill.
func (r *reserved) use() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used = true
	if r.memory != nil || debug.SetMemoryLimit(-1) < 64*reserveSize { // which changes nothing
		return
	}
	if r.memory = r.last.Value(); r.memory == nil {
		r.memory = new(strings.Builder)
		r.memory.Grow(reserveSize)
		r.last = weak.Make(r.memory)
	}
	time.AfterFunc(reserveTime, r.look)
}

// look gives the reserve up, to the next run of the collector, if it was not used since the last look.
func (r *reserved) look() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.used {
		r.memory = nil
		return
	}
	r.used = false
	time.AfterFunc(reserveTime, r.look)
}
