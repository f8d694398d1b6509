package conn_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

func TestRoundTripsAreWaitsOneAfterTheOther(t *testing.T) {
	a, b := slowPair(t, 3*time.Millisecond)
	defer shut(a)
	defer shut(b)
	ctx := t.Context()
	trips := func(what string, want uint64, f func()) {
		t.Helper()
		before := a.Stats().RoundTrips
		f()
		if got := a.Stats().RoundTrips - before; got != want {
			t.Errorf("%s: %d round trips, want %d", what, got, want)
		}
	}
	call := func() {
		if _, err := a.Call(ctx, &conn.Request{Name: "echo", Body: text("x")}); err != nil {
			t.Error(err)
		}
	}
	trips("five calls", 5, func() {
		for range 5 {
			call()
		}
	})
	trips("fifty calls under way together", 1, func() {
		var all []*conn.Pending
		for range 50 {
			p, err := a.Start(ctx, &conn.Request{Name: "echo", Body: text("x")})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
		var wg sync.WaitGroup
		for _, p := range all {
			wg.Go(func() {
				if _, err := p.Wait(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	trips("a wait that is given up, and the wait behind it", 1, func() {
		p, err := a.Start(ctx, &conn.Request{Name: "sleep", Body: text("20ms")})
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		if _, err := p.Wait(short); err == nil {
			t.Error("the wait did not end")
		}
		if _, err := p.Wait(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestWatchTellsOfEachWait(t *testing.T) {
	a, b := slowPair(t, 3*time.Millisecond)
	defer shut(a)
	defer shut(b)
	ctx := t.Context()
	var told []string
	stop := a.Watch(func(w conn.Wait) {
		told = append(told, fmt.Sprint(w.Name, " ", w.Sent, " ", string(w.Return.Body.Data), " ", w.Err == nil, w.Took > 4*time.Millisecond))
	})
	also := a.Watch(func(conn.Wait) {})
	p, err := a.Start(ctx, &conn.Request{Name: "echo", Body: text("abc")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(ctx); err != nil { // is there: no wait
		t.Fatal(err)
	}
	also()
	if _, err := a.Call(ctx, &conn.Request{Name: "nothing"}); err != nil {
		t.Fatal(err)
	}
	stop()
	if _, err := a.Call(ctx, &conn.Request{Name: "echo", Body: text("unseen")}); err != nil {
		t.Fatal(err)
	}
	if want := `[echo 3 abc true true nothing 0 no "nothing" here true true]`; fmt.Sprint(told) != want {
		t.Errorf("told:  %v\nwanted: %s", told, want)
	}
}

func TestNotifyOutlivesItsContext(t *testing.T) {
	a, b := slowPair(t, 3*time.Millisecond)
	defer shut(a)
	defer shut(b)
	for range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := a.Notify(ctx, &conn.Request{Name: "note", Body: text("heard")}); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	want := 20
	for range 500 {
		ret, err := a.Call(t.Context(), &conn.Request{Name: "notes"})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(ret.Body.Data); n == want*len(`"heard",`)+1 {
			eventually(t, "no call is under way", func() bool { return a.Stats().PendingOut == 0 }) // one is heard before its call is over
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("not all that was notified was heard")
}
