package netproxy_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rgo-project/rgo/netproxy"
)

type (
	Registered           struct{ N int8 }
	RegisteredOf         = Couple[string, Registered]
	Couple[K any, V any] struct {
		Key   K
		Value V
	}
	Unregistered struct{ N int8 }
)

func TestRegisteredTypesArriveAsThemselves(t *testing.T) {
	netproxy.Register[*Registered]()
	netproxy.Register[Registered]() // again: nothing new
	netproxy.Register[RegisteredOf]()
	eachWay(t, func() any { return newShelf() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for _, x := range []any{
			Registered{3},
			[]Registered{{1}, {2}},
			map[string]*Registered(nil),
			RegisteredOf{"k", Registered{4}},
			[]any{Registered{5}},
		} {
			if s, err := netproxy.Call[string](ctx, root, "Type", x); s != fmt.Sprintf("%T", x) || err != nil {
				t.Errorf("a %T arrives as a %s, %v", x, s, err)
			}
		}
		if s, err := netproxy.Call[string](ctx, root, "Type", Unregistered{1}); s != "netproxy.Record" || err != nil {
			t.Errorf("an unregistered struct arrives as a %s, %v", s, err)
		}
	})
}

func TestRegisterRefuses(t *testing.T) {
	netproxy.Register[Registered]()
	type Registered struct{ Other bool }
	for name, register := range map[string]func(){
		"another type of the same name": netproxy.Register[Registered],
		"a type without a name":         netproxy.Register[[]Registered],
		"a pointer to a pointer":        netproxy.Register[**Registered],
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			register()
		})
	}
}
