// Package load puts load on a system that makes calls, and takes the time.
package load

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/bench/internal/child"
)

// ErrWrong says that an answer is not the right one: then no time counts.
var ErrWrong = errors.New("wrong answer")

// Times runs f again and again for d, at least least and at most most times, and returns how long each took, in order of length.
func Times(d time.Duration, least, most int, f func() error) (took []time.Duration, err error) {
	for began := time.Now(); len(took) < most && (len(took) < least || time.Since(began) < d); {
		at := time.Now()
		if err := f(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	return took, nil
}

// Percentile is the time within which a part p of the sorted times stays.
func Percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)]
}

// Ms is d in milliseconds.
func Ms(d time.Duration) float64 { return float64(d) / 1e6 }

// Us is d in microseconds.
func Us(d time.Duration) float64 { return float64(d) / 1e3 }

// Mallocs is how many objects, and bytes, the process has allocated.
func Mallocs() (objects, size float64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Mallocs), float64(m.TotalAlloc)
}

// Alone has one caller.
func Alone(d time.Duration, echo func(x int64) error) (child.Measures, error) {
	objects, size := Mallocs()
	began, x := time.Now(), int64(1<<40)
	took, err := Times(d, 1, 1<<20, func() error {
		x++
		return echo(x)
	})
	spent := time.Since(began)
	moreObjects, moreSize := Mallocs()
	ops := float64(len(took))
	return child.Measures{
		"calls_s": ops / spent.Seconds(), "p50_us": Us(Percentile(took, .5)), "p99_us": Us(Percentile(took, .99)),
		"client_allocs": (moreObjects - objects) / ops, "client_B": (moreSize - size) / ops, "ops": ops,
	}, err
}

// Together has many callers at once.
func Together(d time.Duration, callers int, echo func(x int64) error) (child.Measures, error) {
	var stop atomic.Bool
	var made atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, callers)
	objects, _ := Mallocs()
	began := time.Now()
	for caller := range callers {
		all.Go(func() {
			n := int64(0)
			for x := int64(caller) << 32; !stop.Load(); x++ {
				if err := echo(x); err != nil {
					failed <- err
					return
				}
				n++
			}
			made.Add(n)
		})
	}
	time.Sleep(d)
	stop.Store(true)
	all.Wait()
	spent := time.Since(began)
	more, _ := Mallocs()
	select {
	case err := <-failed:
		return nil, err
	default:
	}
	ops := float64(made.Load())
	return child.Measures{"calls_s": ops / spent.Seconds(), "client_allocs": (more - objects) / ops, "ops": ops}, nil
}

// Beside makes small calls while large ones go on.
func Beside(d time.Duration, echo, put func() error) (child.Measures, error) {
	var stop atomic.Bool
	puts, ended := 0, make(chan error, 1)
	began := time.Now()
	go func() { // ends when it is told to; joined by the receive below
		var err error
		for !stop.Load() && err == nil {
			err = put()
			puts++
		}
		ended <- err
	}()
	took, err := Times(max(d, 100*time.Millisecond), 5, 1<<20, echo)
	stop.Store(true)
	err = errors.Join(err, <-ended)
	return child.Measures{
		"p50_us": Us(Percentile(took, .5)), "p99_us": Us(Percentile(took, .99)),
		"put_MB_s": float64(puts) * PayloadSize / 1e6 / time.Since(began).Seconds(),
	}, err
}

// Bulk is a way to send payloads: a name, how many of them a round sends, and the round.
type Bulk struct {
	Name  string
	Per   int
	Round func() error
}

// Bulks sends payloads in several ways, for a second each at most.
func Bulks(ways ...Bulk) (child.Measures, error) {
	m := child.Measures{}
	for _, way := range ways {
		began, n := time.Now(), 0
		for n < 32 && (n == 0 || time.Since(began) < time.Second) {
			if err := way.Round(); err != nil {
				return nil, err
			}
			n += way.Per
		}
		m[way.Name+"_MB_s"] = float64(n) * PayloadSize / 1e6 / time.Since(began).Seconds()
	}
	return m, nil
}

// PayloadSize is the size of a payload.
const PayloadSize = 1 << 20

// Payload cannot be compressed.
var Payload = sync.OnceValue(func() []byte {
	b := make([]byte, PayloadSize)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // which never fails
	return b
})
