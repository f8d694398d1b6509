package rtype

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ErrPool says that the process has made as many methods as it has entries for.
var ErrPool = fmt.Errorf("rtype: all %d entries for methods of types made at run time are taken", poolSize)

const poolSize = 16384 // as in trampolines_*.s

// slots holds what the entries jump to: the func value of entry i, a pointer to its code pointer.
var slots [poolSize]unsafe.Pointer

// pool hands out entries. A type keeps its entries for good; only those of a type that was never finished come back.
var pool struct {
	sync.Mutex
	next int
	free []int
}

// Entry is the code of a method: an address that the runtime may call.
type Entry struct{ index int }

// NewEntry takes an entry of the pool and lets it run fn, a func. The error is ErrPool.
//
// An entry serves as many types as want it, as long as all of them may be called as fn is.
func NewEntry(fn reflect.Value) (*Entry, error) {
	if err := Supported(); err != nil {
		return nil, err
	}
	i, ok := takeEntry()
	if !ok {
		return nil, ErrPool
	}
	v := fn.Interface()
	atomic.StorePointer(&slots[i], (*words)(unsafe.Pointer(&v)).data)
	return &Entry{i}, nil
}

// Release returns the entry of a method that no type has. It must not be used again.
func (e *Entry) Release() {
	atomic.StorePointer(&slots[e.index], nil)
	pool.Lock()
	defer pool.Unlock()
	pool.free = append(pool.free, e.index)
}

// Entries returns how many entries are taken, of how many there are.
func Entries() (taken, of int) {
	pool.Lock()
	defer pool.Unlock()
	return pool.next - len(pool.free), poolSize
}

func (e *Entry) code() unsafe.Pointer { return unsafe.Add(firstEntry(), e.index*entrySize) }

func takeEntry() (int, bool) {
	pool.Lock()
	defer pool.Unlock()
	if n := len(pool.free); n > 0 {
		i := pool.free[n-1]
		pool.free = pool.free[:n-1]
		return i, true
	}
	if pool.next == poolSize {
		return 0, false
	}
	pool.next++
	return pool.next - 1, true
}

// errEntries says that the entries are not where they are taken to be.
var errEntries = errors.New("the pool of entries is not laid out as expected")

// checkEntries compares the code of some entries with what the assembler should have made of them: they differ in the slot they load only.
func checkEntries() error {
	for _, i := range []int{0, 1, poolSize / 2, poolSize - 1} {
		if entrySlot(unsafe.Add(firstEntry(), i*entrySize)) != uintptr(unsafe.Pointer(&slots[i])) {
			return errEntries
		}
	}
	return nil
}
