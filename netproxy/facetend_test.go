package netproxy_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// What a facet does not have was not granted, also where an interface wants it.
func TestAnInterfaceOfAFacetWithAMethodThatIsNotGranted(t *testing.T) {
	eachWay(t, func() any { return newBank() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		f := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
		_, err := netproxy.As[io.ReadCloser](ctx, f)
		denied(t, "As", err, netproxy.ErrArgument)
		if _, err := netproxy.As[io.ReadWriter](ctx, f); err != nil {
			t.Error(err)
		}
		if _, err := netproxy.As[io.ReadCloser](ctx, root); err == nil || errors.Is(err, netproxy.ErrDenied) {
			t.Errorf("an object without these methods: %v", err)
		}
	})
}

// An object is told that nobody holds its facet, whether that was revoked meanwhile or not.
func TestTheObjectOfARevokedFacetIsTold(t *testing.T) {
	for name, more := range map[string]func(f *netproxy.Facet) *netproxy.Facet{
		"facet":            func(f *netproxy.Facet) *netproxy.Facet { return f },
		"facet of a facet": func(f *netproxy.Facet) *netproxy.Facet { return netproxy.Only(f, "Read") },
	} {
		t.Run(name, func(t *testing.T) {
			bank := newBank()
			inner := bank.Reader
			bank.Reader = more(inner)
			root := pair(t, bank)
			ctx := deadline(t)
			f := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
			bank.Reader.Revoke(errors.New("enough"))
			inner.Revoke(errors.New("enough"))
			_, err := f.Call(ctx, "Read", []byte{1})
			denied(t, "Read", err, netproxy.ErrRevoked)
			select {
			case <-bank.vault.gone:
				t.Error("told while it is held")
			default:
			}
			f.Release()
			select {
			case <-bank.vault.gone:
			case <-time.After(10 * time.Second):
				t.Error("not told")
			}
		})
	}
}
