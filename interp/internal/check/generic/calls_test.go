package generic_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha3"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"iter"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	ourhkdf "github.com/rgo-project/rgo/interp/internal/check/generic/crypto/hkdf"
	ourpbkdf2 "github.com/rgo-project/rgo/interp/internal/check/generic/crypto/pbkdf2"
	oursql "github.com/rgo-project/rgo/interp/internal/check/generic/database/sql"
	ourmaphash "github.com/rgo-project/rgo/interp/internal/check/generic/hash/maphash"
	ouriter "github.com/rgo-project/rgo/interp/internal/check/generic/iter"
	oursync "github.com/rgo-project/rgo/interp/internal/check/generic/sync"
)

// script plays with an iterator that is pulled: each letter is a call of next or stop.
func script[V any](calls string, seq iter.Seq[V], pull func(iter.Seq[V]) (func() (V, bool), func())) (seen []any) {
	next, stop := pull(seq)
	for _, c := range calls {
		seen = append(seen, outcome(func() []any {
			if c == 's' {
				stop()
				return nil
			}
			v, ok := next()
			return results(v, ok)
		}))
	}
	stop()
	return seen
}

func TestPull(t *testing.T) {
	for name, seq := range map[string]iter.Seq[string]{
		"three": func(yield func(string) bool) { _ = yield("a") && yield("b") && yield("c") },
		"none":  func(func(string) bool) {},
		"nil":   nil,
		"panics": func(yield func(string) bool) {
			yield("a")
			panic("enough")
		},
		"goes on after the end": func(yield func(string) bool) {
			yield("a")
			yield("b")
			yield("c")
		},
		"panics at the end": func(yield func(string) bool) {
			defer panic("deferred")
			yield("a")
		},
	} {
		for _, calls := range []string{"", "n", "nn", "nnnnn", "s", "sn", "nsn", "nnnns", "ss"} {
			agree(t, name+" "+calls, func() []any { return script(calls, seq, iter.Pull[string]) },
				func() []any {
					return script(calls, seq, func(s iter.Seq[string]) (func() (string, bool), func()) { return ouriter.Pull(ouriter.Seq[string](s)) })
				})
		}
	}
	next, stop := ouriter.Pull2(func(yield func(string, point) bool) { yield("a", point{1, 2}) })
	if k, v, ok := next(); k != "a" || v != (point{1, 2}) || !ok {
		t.Errorf("next is %v %v %v", k, v, ok)
	}
	if k, v, ok := next(); k != "" || v != (point{}) || ok {
		t.Errorf("next after the end is %v %v %v", k, v, ok)
	}
	stop()
}

// TestPullGoexit ends the goroutine of who asks when the sequence does.
func TestPullGoexit(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		next, _ := ouriter.Pull(func(func(int) bool) { runtime.Goexit() })
		next()
		t.Error("next returned")
	}()
	<-done
}

func TestOnce(t *testing.T) {
	run := func(value func(func() int) func() int, f func() int) func() []any {
		return func() []any {
			calls := 0
			once := value(func() int { calls++; return f() })
			var seen []any
			for range 3 {
				seen = append(seen, outcome(func() []any { return results(once()) }))
			}
			return append(seen, calls)
		}
	}
	boom := errors.New("boom")
	for name, f := range map[string]func() int{
		"returns": func() int { return 7 }, "panics": func() int { panic(boom) }, "panics with nil": func() int { panic(nil) },
		"faults": func() int { return *(*int)(nil) },
	} {
		agree(t, name, run(sync.OnceValue[int], f), run(oursync.OnceValue[int], f))
		pair := func(values func(func() (int, string)) func() (int, string)) func(func() int) func() int {
			return func(f func() int) func() int {
				once := values(func() (int, string) { return f(), "x" })
				return func() int { n, s := once(); return n + len(s) }
			}
		}
		agree(t, name, run(pair(sync.OnceValues[int, string]), f), run(pair(oursync.OnceValues[int, string]), f))
	}
	agree(t, "nil", func() []any { return results(sync.OnceValue[int](nil)()) }, func() []any { return results(oursync.OnceValue[int](nil)()) })
	gone := make(chan bool)
	func() {
		big := &node{}
		runtime.AddCleanup(big, func(int) { close(gone) }, 0)
		once := oursync.OnceValue(func() int { return big.data[0] })
		once()
		t.Cleanup(func() { once() }) // the func of what has happened is not kept alive by it
	}()
	eventually(t, "what was called once is gone", func() bool {
		select {
		case <-gone:
			return true
		default:
			return false
		}
	})
}

func TestMaphash(t *testing.T) {
	seed := maphash.MakeSeed()
	for _, v := range []any{nil, 1, "a", point{1, 2}, 1.5, new(int), wrapped{coded(1)}} {
		first, second := ourmaphash.Comparable(seed, v), ourmaphash.Comparable(seed, v)
		if first != second {
			t.Errorf("two hashes of %v", v)
		}
		var a, b maphash.Hash
		b.SetSeed(a.Seed())
		ourmaphash.WriteComparable(&a, v)
		ourmaphash.WriteComparable(&b, v)
		if a.Sum64() != b.Sum64() {
			t.Errorf("two sums of %v", v)
		}
	}
	if ourmaphash.Comparable(seed, 0.0) != ourmaphash.Comparable(seed, math.Copysign(0, -1)) || ourmaphash.Comparable(seed, point{1, 2}) == ourmaphash.Comparable(seed, point{2, 1}) {
		t.Error("hashes do not follow equality")
	}
	agree(t, "no map key", func() []any { return results(maphash.Comparable[any](seed, []int{})) }, func() []any { return results(ourmaphash.Comparable[any](seed, []int{})) })
	agree(t, "no map key inside", func() []any { return results(maphash.Comparable(seed, wrapped{[]int{}})) }, func() []any { return results(ourmaphash.Comparable(seed, wrapped{[]int{}})) })
	agree(t, "no seed", func() []any { return results(maphash.Comparable(maphash.Seed{}, 1) != 0) }, func() []any { return results(ourmaphash.Comparable(maphash.Seed{}, 1) != 0) })
}

func TestKeyDerivation(t *testing.T) {
	secret, salt := []byte("a secret that is long enough"), []byte("salt, sixteen by")
	pair := func(key []byte, err error) []any { return results(key, fmt.Sprint(err)) }
	for _, n := range []int{0, 1, 32, 100, 255 * 32, 255*32 + 1, -1} {
		agree(t, "hkdf.Key", func() []any { return pair(hkdf.Key(sha256.New, secret, salt, "info", n)) },
			func() []any { return pair(ourhkdf.Key(sha256.New, secret, salt, "info", n)) })
		agree(t, "hkdf.Expand", func() []any { return pair(hkdf.Expand(sha3.New256, secret, "info", n)) },
			func() []any { return pair(ourhkdf.Expand(sha3.New256, secret, "info", n)) })
		agree(t, "pbkdf2.Key", func() []any { return pair(pbkdf2.Key(sha3.New256, "password", salt, 3, n)) },
			func() []any { return pair(ourpbkdf2.Key(sha3.New256, "password", salt, 3, n)) })
	}
	agree(t, "hkdf.Extract", func() []any { return pair(hkdf.Extract(sha256.New, secret, nil)) }, func() []any { return pair(ourhkdf.Extract(sha256.New, secret, nil)) })
	agree(t, "no hash", func() []any { return pair(hkdf.Extract[hash.Hash](nil, secret, nil)) }, func() []any { return pair(ourhkdf.Extract[hash.Hash](nil, secret, nil)) })
}

type scanned struct{ from any }

func (s *scanned) Scan(v any) error {
	if v == "bad" {
		return errors.New("bad")
	}
	s.from = v
	return nil
}

func (s scanned) Value() (driver.Value, error) {
	if s.from == nil {
		return nil, errors.New("nothing")
	}
	return fmt.Sprint(s.from), nil
}

func TestNull(t *testing.T) {
	values := []any{nil, int64(3), 1.5, true, "7", "x", "bad", []byte("8"), time.Unix(0, 0).UTC(), int64(1 << 40), struct{}{}}
	nulls(t, values, func() (sql.Null[int], oursql.Null[int]) { return sql.Null[int]{}, oursql.Null[int]{} })
	for _, v := range values {
		null[string](t, v)
		null[int8](t, v)
		null[small](t, v)
		null[[]byte](t, v)
		null[bool](t, v)
		null[any](t, v)
		null[time.Time](t, v)
		null[scanned](t, v)
		null[*scanned](t, v)
		null[bytes.Buffer](t, v)
	}
}

func nulls(t *testing.T, values []any, zero func() (sql.Null[int], oursql.Null[int])) {
	t.Helper()
	theirs, ours := zero()
	for _, v := range values { // one after the other into the same place
		agree(t, fmt.Sprint(v), func() []any { return results(fmt.Sprint(theirs.Scan(v)), theirs.V, theirs.Valid) },
			func() []any { return results(fmt.Sprint(ours.Scan(v)), ours.V, ours.Valid) })
	}
}

func null[T any](t *testing.T, v any) {
	t.Helper()
	agree(t, fmt.Sprintf("%T %v", *new(T), v), func() []any {
		var n sql.Null[T]
		err := n.Scan(v)
		value, verr := n.Value()
		return results(fmt.Sprint(err), fmt.Sprintf("%+v", n.V), n.Valid, value, fmt.Sprint(verr))
	}, func() []any {
		var n oursql.Null[T]
		err := n.Scan(v)
		value, verr := n.Value()
		return results(fmt.Sprint(err), fmt.Sprintf("%+v", n.V), n.Valid, value, fmt.Sprint(verr))
	})
}
