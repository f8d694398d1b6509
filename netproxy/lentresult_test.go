package netproxy_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

type lentList struct {
	Next *lentList
	Rows []int
	N    int
}

type lentService struct{}

func (*lentService) Last(l *lentList) *lentList {
	for l.Next != nil {
		l = l.Next
	}
	return l
}

func (*lentService) Count(l *lentList) (n int) {
	for ; l != nil; l = l.Next {
		n++
		l.N = n
	}
	return n
}
func (*lentService) Rows(rows [][]int) { rows[len(rows)-1][0] = 7 }
func (*lentService) Wait(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// A pointer that Call lends comes back as itself, like those of Func and of interfaces.
func TestALentPointerIsTheResultOfCall(t *testing.T) {
	eachWay(t, func() any { return &lentService{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		list := &lentList{Next: &lentList{N: 2}}
		last, err := netproxy.Call[*lentList](ctx, root, "Last", list)
		if err != nil || last != list.Next {
			t.Errorf("%p, not %p: %v", last, list.Next, err)
		}
		copied, err := netproxy.Call[lentList](ctx, root, "Last", list)
		if err != nil || copied.N != 2 {
			t.Errorf("%v, %v", copied, err)
		}
		fresh, err := netproxy.Call[*lentList](ctx, root, "Last", netproxy.Copy(list))
		if err != nil || fresh == list.Next || fresh.N != 2 {
			t.Errorf("%v, %v", fresh, err)
		}
	})
}

// Many pointers and slices can be lent at once.
func TestLendingLongLists(t *testing.T) {
	eachWay(t, func() any { return &lentService{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var list *lentList
		for range 60_000 {
			list = &lentList{Next: list}
		}
		rows := make([][]int, 60_000)
		for i := range rows {
			rows[i] = []int{i}
		}
		if n, err := netproxy.Call[int](ctx, root, "Count", list); err != nil || n != 60_000 || list.Next.N != 2 {
			t.Error(n, err)
		}
		if _, err := netproxy.Call[struct{}](ctx, root, "Rows", rows); err != nil || rows[len(rows)-1][0] != 7 {
			t.Error(err)
		}
	})
}

func TestCallTakesAContextAmongItsArguments(t *testing.T) {
	eachWay(t, func() any { return &lentService{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		why := errors.New("enough")
		own, cancel := context.WithCancelCause(ctx)
		time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
		if _, err := netproxy.Call[struct{}](ctx, root, "Wait", own); !errors.Is(err, why) {
			t.Error(err)
		}
		outer, cancel := context.WithCancelCause(ctx)
		time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
		if _, err := netproxy.Call[struct{}](outer, root, "Wait", ctx); !errors.Is(err, why) {
			t.Error(err)
		}
		if _, err := netproxy.Call[struct{}](outer, root, "Wait", outer); !errors.Is(err, why) {
			t.Error(err)
		}
	})
}
