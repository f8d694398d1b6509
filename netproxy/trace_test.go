package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/netproxy"
)

// traced is an error that knows where it comes from, and prints it the way such errors do.
type traced struct{}

func (traced) Error() string { return "traced" }
func (traced) Format(f fmt.State, verb rune) {
	text := "traced"
	if f.Flag('+') {
		text += "\nmain.deep\n\tdeep.go:7"
	}
	_, _ = io.WriteString(f, text)
}

func TestStackOfErrors(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		// From here to the peer and back: the error comes home, as itself.
		_, err := root.Call(ctx, "Try", func() error { return traced{} })
		if err != (traced{}) { //nolint:errorlint // the very error
			t.Errorf("%#v", err)
		}
		_, err = root.Call(ctx, "Traced")
		var remote *netproxy.RemoteError
		if !errors.As(err, &remote) || !strings.HasPrefix(remote.Stack, "main.deep\n\tdeep.go:7\n") || !strings.Contains(remote.Stack, "(*Player).Traced") {
			t.Errorf("%#v", err)
		}
	})
}

// Traced fails with an error that knows its origin.
func (p *Player) Traced() error { return traced{} }

func TestReleasedProxySaysSo(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		node, err := root.Call(ctx, "Node")
		if err != nil {
			t.Fatal(err)
		}
		node.Release()
		if _, err := node.Call(ctx, "Next"); !errors.Is(err, netproxy.ErrReleased) {
			t.Errorf("%v", err)
		}
	})
}
