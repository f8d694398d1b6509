package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Chronicle has a log that anybody may read, and much more.
type Chronicle struct{ log *strings.Reader }

func (a *Chronicle) Read(p []byte) (int, error) { return a.log.Read(p) }
func (a *Chronicle) Burn() string               { return "gone" }

func ExampleNarrow() {
	ctx := context.Background()
	log := netproxy.Narrow[io.Reader](&Chronicle{strings.NewReader("all is well")})
	here, there := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(log)})
	defer func() { _, _ = here.Close(), there.Close() }()

	r, err := netproxy.As[io.Reader](ctx, netproxy.Root(here))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(r)
	fmt.Printf("%s, %v\n", text, err)

	_, err = netproxy.Root(here).Call(ctx, "Burn")
	fmt.Println(errors.Is(err, netproxy.ErrDenied), err)

	log.Revoke(errors.New("closing time"))
	_, err = r.Read(make([]byte, 10))
	fmt.Println(errors.Is(err, netproxy.ErrRevoked), err)
	// Output:
	// all is well, <nil>
	// true netproxy: the facet io.Reader of *netproxy_test.Chronicle has no member Burn: granted is only Read
	// true netproxy: the facet io.Reader of *netproxy_test.Chronicle was revoked: closing time
}

// Different peers get different roots: the owner of this process all of it, everybody else a part.
func ExampleOptions_root() {
	chronicle := &Chronicle{strings.NewReader("all is well")}
	offer := netproxy.Options{Root: func(c *conn.Conn) any {
		if c.Peer().Name == "owner" { // on a unix socket, c.Peer().UID says for certain who it is
			return chronicle
		}
		return netproxy.Narrow[io.Reader](chronicle)
	}}
	for _, name := range []string{"owner", "guest"} {
		here, there := conn.Pipe(conn.Config{Name: name}, conn.Config{Bind: offer.Bind})
		names, err := netproxy.Root(here).Names(context.Background())
		fmt.Println(name, names, err)
		_, _ = here.Close(), there.Close()
	}
	// Output:
	// owner [Burn Read] <nil>
	// guest [Read] <nil>
}
