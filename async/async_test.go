package async_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/rgo-project/rgo/async"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// job is an operation that its test ends by hand, and an object at the same time.
type job struct {
	done  chan struct{}
	once  sync.Once
	value any
	err   error
	begun *[]string
}

func newJob() *job { return &job{done: make(chan struct{}), begun: new([]string)} }

func (j *job) end(v any, err error) {
	j.once.Do(func() { j.value, j.err = v, err; close(j.done) })
}
func (j *job) Done() <-chan struct{} { return j.done }
func (j *job) Wait(ctx context.Context) error {
	select {
	case <-j.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
func (j *job) Outcome() (any, error) { return j.value, j.err }
func (j *job) Cancel(cause error)    { j.end(nil, cause) }
func (j *job) Line() async.Line      { return j }
func (j *job) NewLine() async.Line   { return j }
func (j *job) Begin(ctx context.Context, op async.Operation) async.Source {
	*j.begun = append(*j.begun, fmt.Sprint(op.Op, " ", op.Name, op.Args))
	if ctx.Done() == nil {
		return &job{done: j.done, value: j.value, err: j.err, begun: j.begun}
	}
	next := &job{done: make(chan struct{}), begun: j.begun} // ends with ctx
	context.AfterFunc(ctx, func() { next.end(nil, context.Cause(ctx)) })
	return next
}

func (j *job) Notify(_ context.Context, op async.Operation) error {
	*j.begun = append(*j.begun, fmt.Sprint("notified ", op.Name, op.Args))
	return j.err
}

func TestEveryOperationIsBegunAtOnceAndInOrder(t *testing.T) {
	j := newJob()
	r := async.Of(j).Get("a").Set("b", 1).Call("c", 2, 3).Index(4).SetIndex(5, 6).Append(7).Delete(8).Len().Send(9).Recv().Elem().
		Display().Names().CloseSend()
	if err := r.Notify("d", 10); err != nil {
		t.Error(err)
	}
	want := []string{
		"Get a[]", "Set b[1]", "Call c[2 3]", "Index [4]", "SetIndex [5 6]", "Append [7]", "Delete [8]", "Len []", "Send [9]",
		"Recv []", "Elem []", "Display []", "Names []", "CloseSend []", "notified d[10]",
	}
	if !slices.Equal(*j.begun, want) {
		t.Errorf("begun: %q\nwant:  %q", *j.begun, want)
	}
	if r.Ready() {
		t.Error("ready before the operation ended")
	}
	j.end(nil, nil)
	if !r.Ready() {
		t.Error("not ready after the operation ended")
	}
}

func TestAwaitGivesUpWithItsContextAndTheOperationGoesOn(t *testing.T) {
	j := newJob()
	r := async.NewResult(j)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := r.Await(ctx); !errors.Is(err, why) {
		t.Errorf("Await: %v, want the context's cause", err)
	}
	j.end(7, nil)
	if v, err := async.Value[int](t.Context(), r); v != 7 || err != nil {
		t.Errorf("Value = %v, %v", v, err)
	}
}

func TestOnReadyIsCalledOnceInOrderBeforeAndAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJob()
		r := async.NewResult(j)
		var got []int // only touched by the one goroutine that calls, and after synctest.Wait
		for i := range 3 {
			r.OnReady(func(*async.Result) { got = append(got, i) })
		}
		r.OnReady(func(*async.Result) { panic("a careless user") })
		r.OnReady(func(*async.Result) { runtime.Goexit() })
		r.OnReady(func(*async.Result) { got = append(got, 3) })
		synctest.Wait()
		if got != nil {
			t.Fatalf("called before the result was ready: %v", got)
		}
		j.end(nil, nil)
		synctest.Wait()
		r.OnReady(func(*async.Result) { got = append(got, 4) })
		synctest.Wait()
		if !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
			t.Errorf("called: %v", got)
		}
	})
}

func TestCancel(t *testing.T) {
	r := async.NewResult(newJob())
	if r.Err() != nil {
		t.Error("an error before the end")
	}
	r.Cancel()
	if err := r.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("Err after Cancel: %v", err)
	}
}

func TestFailedFailsAllThatIsBegunOnIt(t *testing.T) {
	sad := errors.New("sad")
	r := async.Failed(sad).Get("a").Call("b")
	if _, err := r.Await(t.Context()); !errors.Is(err, sad) || !r.Ready() {
		t.Errorf("Await: %v", err)
	}
}

type celsius struct{ degrees int }

func (c celsius) AssignTo(_ context.Context, target any) error {
	if p, ok := target.(*int); ok {
		*p = c.degrees
		return nil
	}
	return async.ErrMismatch
}

func TestValue(t *testing.T) {
	ready := func(v any) *async.Result {
		j := newJob()
		j.end(v, nil)
		return async.NewResult(j)
	}
	if v, err := async.Value[int](t.Context(), ready(celsius{21})); v != 21 || err != nil {
		t.Errorf("through AssignTo: %v, %v", v, err)
	}
	if v, err := async.Value[[]int](t.Context(), ready(nil)); v != nil || err != nil {
		t.Errorf("nil as a slice: %v, %v", v, err)
	}
	if _, err := async.Value[int](t.Context(), ready(nil)); !errors.Is(err, async.ErrMismatch) {
		t.Errorf("nil as an int: %v", err)
	}
	if _, err := async.Value[string](t.Context(), ready(1)); !errors.Is(err, async.ErrMismatch) {
		t.Errorf("an int as a string: %v", err)
	}
}

func TestAll(t *testing.T) {
	a, b, c := newJob(), newJob(), newJob()
	results := []*async.Result{async.NewResult(a), async.NewResult(b), async.NewResult(c)}
	b.end(2, nil)
	a.end(1, nil)
	c.end(3, nil)
	if got, err := async.All(t.Context(), results...); err != nil || !slices.Equal(got, []any{1, 2, 3}) {
		t.Errorf("All = %v, %v", got, err)
	}

	sad := errors.New("sad")
	a, b = newJob(), newJob()
	b.end(nil, sad)
	if _, err := async.All(t.Context(), async.NewResult(a), async.NewResult(b)); !errors.Is(err, sad) {
		t.Errorf("All with a failure: %v", err)
	}
	if !errors.Is(a.err, context.Canceled) {
		t.Errorf("the operation still under way was not cancelled")
	}
}

func TestAny(t *testing.T) {
	a, b := newJob(), newJob()
	b.end("b", nil)
	v, which, err := async.Any(t.Context(), async.NewResult(a), async.NewResult(b))
	if v != "b" || which != 1 || err != nil {
		t.Errorf("Any = %v, %v, %v", v, which, err)
	}
	if !errors.Is(a.err, context.Canceled) {
		t.Error("the slower operation was not cancelled")
	}

	x, y := errors.New("x"), errors.New("y")
	if _, _, err := async.Any(t.Context(), async.Failed(x), async.Failed(y)); !errors.Is(err, x) || !errors.Is(err, y) {
		t.Errorf("Any of failures: %v", err)
	}
}

func TestManyWaitersSeeOneOutcome(t *testing.T) {
	j := newJob()
	r := async.NewResult(j)
	var sum atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if v, err := async.Value[int](t.Context(), r); err == nil {
				sum.Add(int64(v))
			}
		})
		r.OnReady(func(*async.Result) { sum.Add(1) })
	}
	time.AfterFunc(time.Millisecond, func() { j.end(1, nil) })
	wg.Wait()
	for sum.Load() != 100 {
		runtime.Gosched()
	}
}
