package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/rgo-project/rgo/netproxy"
)

// relay stands between two peers and passes calls on.
type relay struct{ next *netproxy.Proxy }

// Try calls f, from where the next peer is.
func (r *relay) Try(ctx context.Context, f func() error) error {
	_, err := r.next.Call(ctx, "Try", f)
	return err
}

// Wrap does so, and adds to the error.
func (r *relay) Wrap(ctx context.Context, f func() error) error {
	if err := r.Try(ctx, f); err != nil {
		return fmt.Errorf("relayed: %w", err)
	}
	return nil
}

// behind offers root behind one relay more for each hop, each over a connection of its own: the result is the first of them.
func behind(t *testing.T, ctx context.Context, hops int, root any) *netproxy.Proxy {
	t.Helper()
	p := dialed(t, ctx, root)
	for range hops {
		p = pair(t, &relay{p})
	}
	return p
}

func TestErrorsComeHomeThroughHops(t *testing.T) {
	for hops := range 4 {
		t.Run(fmt.Sprint(hops), func(t *testing.T) {
			ctx := deadline(t)
			root := behind(t, ctx, hops, &Player{"far"})
			mine := &custom{1}
			if _, err := root.Call(ctx, "Try", func() error { return mine }); err != error(mine) { //nolint:errorlint // the very error
				t.Errorf("our own error came back as %#v", err)
			}
			joined := errors.Join(mine, errors.New("other"))
			if _, err := root.Call(ctx, "Try", func() error { return joined }); err != joined { //nolint:errorlint // the very error
				t.Errorf("our own joined error came back as %#v", err)
			}
			if hops == 0 {
				return
			}
			_, err := root.Call(ctx, "Wrap", func() error { return mine })
			var found *custom
			if !errors.As(err, &found) || found != mine || err.Error() != "relayed: code 1" {
				t.Errorf("wrapped on the way, it came back as %#v", err)
			}
		})
	}
}
