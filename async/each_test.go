package async_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rgo-project/rgo/async"
)

// slow promises twice n after n milliseconds, and counts how many are under way.
type slow struct{ now, most, begun, canceled atomic.Int64 }

func (s *slow) twice(ctx context.Context, n int) *async.Promise[int] {
	s.begun.Add(1)
	if now := s.now.Add(1); now > s.most.Load() {
		s.most.Store(now)
	}
	return async.Go(ctx, func(ctx context.Context) (int, error) {
		defer s.now.Add(-1)
		select {
		case <-time.After(time.Duration(n) * time.Millisecond):
			return 2 * n, nil
		case <-ctx.Done():
			s.canceled.Add(1)
			return 0, context.Cause(ctx)
		}
	})
}

func TestEachKeepsTheOrderAndTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s slow
		items := []int{50, 10, 40, 20, 30, 5, 5, 5}
		got, err := async.Each(t.Context(), 3, items, func(n int) *async.Promise[int] { return s.twice(t.Context(), n) })
		if want := []int{100, 20, 80, 40, 60, 10, 10, 10}; err != nil || !slices.Equal(got, want) {
			t.Errorf("Each = %v, %v", got, err)
		}
		if s.most.Load() != 3 {
			t.Errorf("%d were under way at one time", s.most.Load())
		}
		if got, err := async.Each(t.Context(), 3, nil, func(n int) *async.Promise[int] { panic(n) }); err != nil || len(got) != 0 {
			t.Errorf("Each of nothing = %v, %v", got, err)
		}
	})
}

func TestEachEndsWithTheFirstError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s slow
		sad := errors.New("sad")
		items := []int{1, 9, 5, 1000, 7, 1000}
		got, err := async.Each(t.Context(), 4, items, func(n int) *async.Promise[int] {
			if n == 5 {
				return async.Go(t.Context(), func(context.Context) (int, error) { time.Sleep(20 * time.Millisecond); return 0, sad })
			}
			return s.twice(t.Context(), n)
		})
		var item *async.ItemError
		if !errors.Is(err, sad) || !errors.As(err, &item) || item.Index != 2 || err.Error() != "item 2: sad" {
			t.Errorf("the error: %v", err)
		}
		if want := []int{2, 18, 0, 0, 14, 0}; !slices.Equal(got, want) {
			t.Errorf("what was there by then: %v", got)
		}
		synctest.Wait()
		if s.now.Load() != 0 || s.canceled.Load() != 2 {
			t.Errorf("%d are under way still, %d were cancelled", s.now.Load(), s.canceled.Load())
		}
	})
}

func TestEachEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s slow
		ctx, cancel := context.WithTimeoutCause(t.Context(), 12*time.Millisecond, errors.New("enough"))
		defer cancel()
		got, err := async.Each(ctx, 2, []int{10, 100, 100, 100}, func(n int) *async.Promise[int] { return s.twice(t.Context(), n) })
		if err == nil || err.Error() != "enough" || got[0] != 20 {
			t.Errorf("Each = %v, %v", got, err)
		}
		synctest.Wait()
		if s.begun.Load() != 3 || s.canceled.Load() != 2 {
			t.Errorf("%d were begun, %d cancelled", s.begun.Load(), s.canceled.Load())
		}
	})
}

func TestEachReadyYieldsAsTheyComeErrorsAmongThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s slow
		var got []string
		begin := func(n int) *async.Promise[int] {
			if n < 0 {
				return async.Go(t.Context(), func(context.Context) (int, error) { return 0, errors.New("negative") })
			}
			return s.twice(t.Context(), n)
		}
		for i, out := range async.EachReady(t.Context(), 0, []int{30, -1, 10, 20}, begin) {
			got = append(got, fmt.Sprint(i, " ", out.Value, " ", out.Err))
		}
		if want := []string{"1 0 negative", "2 20 <nil>", "3 40 <nil>", "0 60 <nil>"}; !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		for range async.EachReady(t.Context(), 2, []int{1, 1000, 1000, 1000}, begin) {
			break
		}
		synctest.Wait()
		if s.canceled.Load() != 1 || s.begun.Load() != 5 {
			t.Errorf("leaving the loop: %d cancelled, %d begun", s.canceled.Load(), s.begun.Load())
		}
	})
}

func TestSettleTellsEveryOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s slow
		sad := errors.New("sad")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		bad := async.Go(ctx, func(context.Context) (int, error) { return 0, sad })
		out := async.Settle(ctx, s.twice(t.Context(), 20), bad, s.twice(t.Context(), 1000))
		if out[0].Value != 40 || out[0].Err != nil || !errors.Is(out[1].Err, sad) || !errors.Is(out[2].Err, context.DeadlineExceeded) {
			t.Errorf("Settle = %v", out)
		}
		synctest.Wait()
		if s.now.Load() != 0 {
			t.Error("what was too late is under way still")
		}
	})
}

func TestAsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s slow
		var order []int
		for i, out := range async.AsReady(t.Context(), s.twice(t.Context(), 3), s.twice(t.Context(), 1), s.twice(t.Context(), 2)) {
			order = append(order, i, out.Value)
		}
		if !slices.Equal(order, []int{1, 2, 2, 4, 0, 6}) {
			t.Errorf("%v", order)
		}
	})
}

func TestGo(t *testing.T) {
	ctx := t.Context()
	if v, err := async.Go(ctx, func(context.Context) (string, error) { return "v", nil }).Await(ctx); v != "v" || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := async.Go(ctx, func(context.Context) (int, error) { panic("ouch") }).Await(ctx); err == nil || !strings.Contains(err.Error(), "ouch") {
		t.Errorf("a panic: %v", err)
	}
	if _, err := async.Go(ctx, func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }).Await(ctx); err == nil {
		t.Error("a Goexit is no error")
	}
	p := async.Go(ctx, func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, context.Cause(ctx) })
	p.Cancel()
	if _, err := p.Await(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Cancel: %v", err)
	}
}

func TestWithAndWithinBindWhatIsBegunBehindThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		h := async.Of(newJob()).With(ctx)
		free, bound := async.Of(newJob()).Call("a"), h.Call("a").Get("b")
		why := errors.New("enough")
		cancel(why)
		synctest.Wait()
		if !errors.Is(bound.Err(), why) || free.Ready() {
			t.Errorf("with a context: %v; without: %v", bound.Err(), free.Ready())
		}
		late := async.Of(newJob()).Within(time.Second).Call("a")
		time.Sleep(500 * time.Millisecond)
		later := late.Get("b")
		time.Sleep(600 * time.Millisecond)
		synctest.Wait()
		if !errors.Is(late.Err(), context.DeadlineExceeded) || later.Ready() {
			t.Errorf("after 1.1 s: %v, and the one begun later: %v", late.Err(), later.Err())
		}
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		if !errors.Is(later.Err(), context.DeadlineExceeded) {
			t.Errorf("after 1.6 s, the one begun later: %v", later.Err())
		}
	})
}

func TestOnReadyFromManyGoroutinesIsOnceForEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJob()
		r := async.NewResult(j)
		var calls [200]atomic.Int64
		for i := range calls {
			go r.OnReady(func(*async.Result) { calls[i].Add(1) })
			if i == len(calls)/2 {
				go j.end(1, nil)
			}
		}
		synctest.Wait()
		for i := range calls {
			if n := calls[i].Load(); n != 1 {
				t.Errorf("func %d was called %d times", i, n)
			}
		}
	})
}
