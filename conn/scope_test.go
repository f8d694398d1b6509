package conn_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/rgo-project/rgo/conn"
)

func TestAScopeGivesBackWhatItReceived(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		before := object(t, c)
		ctx, scope := conn.NewScope(t.Context())
		get := func(ctx context.Context, req *conn.Request) *conn.Ref {
			t.Helper()
			ret, err := c.Call(ctx, req)
			if err != nil || ret.Failed {
				t.Fatal(err)
			}
			return ret.Body.Refs[0].(*conn.Ref)
		}
		if again := get(ctx, &conn.Request{Target: before, Name: "self"}); again != before {
			t.Error("one object has two Refs")
		}
		var mine []*conn.Ref
		for range 200 {
			mine = append(mine, get(ctx, &conn.Request{Name: "object"}))
		}
		kept, shared := mine[0], mine[1]
		kept.Keep()
		before.Keep()
		if get(t.Context(), &conn.Request{Target: shared, Name: "self"}) != shared { // received by another one, too
			t.Error("one object has two Refs")
		}
		inner, innerScope := conn.NewScope(ctx)
		own := get(inner, &conn.Request{Name: "object"})
		innerScope.End()
		if _, err := c.Call(t.Context(), &conn.Request{Target: own, Name: "incr"}); !isBadTarget(err) {
			t.Errorf("after the inner scope: %v", err)
		}
		p := startWith(t, ctx, c, &conn.Request{Name: "hang"})
		piped := startWith(t, ctx, c, &conn.Request{Name: "object", Keep: true})
		if _, err := piped.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		scope.End()
		scope.End()
		if _, err := p.Wait(t.Context()); !errors.Is(err, context.Canceled) {
			t.Errorf("a call under way when the scope ended: %v", err)
		}
		for i, r := range []*conn.Ref{before, kept, shared} {
			call(t, c, r, "incr", fmt.Sprint(i))
		}
		for _, r := range mine[2:] {
			if _, err := c.Call(t.Context(), &conn.Request{Target: r, Name: "incr"}); !isBadTarget(err) {
				t.Fatalf("after the scope: %v", err)
			}
		}
		if n := c.Stats().Imports; n != 3 {
			t.Errorf("%d imports after the scope", n)
		}
		eventually(t, "the peer keeps no result", func() bool { return stats(t, c).Results == 1 && stats(t, c).Exports == 3 })
		runtime.KeepAlive(mine) // what nobody held any more at the end of the scope would be the collector's to give back
		runtime.KeepAlive(piped)
		runtime.KeepAlive(before)
	})
}

func isBadTarget(err error) bool {
	var bad *conn.CallError
	return errors.As(err, &bad) && bad.Code == conn.CodeBadTarget
}

// A long scope does not hold what nobody else holds.
func TestAScopeHoldsNothing(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	ctx, scope := conn.NewScope(t.Context())
	for range 50 {
		if _, err := a.Call(ctx, &conn.Request{Name: "objects", Body: text("100")}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all are given back", func() bool {
		runtime.GC()
		return a.Stats().Imports == 0 && b.Stats().Exports == 0
	})
	scope.End()
	shut(a)
	over(t, a)
	over(t, b)
}
