package netproxy_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// The plain loop asks for the title of each document, one after the other. The profile says where, and what to write instead.
func ExampleStartProfile() {
	ctx := context.Background()
	here, there := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(newArchive(100))})
	defer func() { _ = here.Close(); _, _ = here.Wait(), there.Wait() }()
	root := netproxy.Root(here)

	prof := netproxy.StartProfile(here)
	documents, _ := root.Call(ctx, "Documents")
	for item := range documents.All(ctx) {
		_, _ = netproxy.Call[string](ctx, item.Value, "Title")
	}
	prof.Stop()

	worst := prof.Sites()[0] // prof.WriteTo(os.Stdout) prints them all
	fmt.Println(worst.What, worst.Trips)
	advice, _, _ := strings.Cut(worst.Advice, ", with a T")
	_, advice, _ = strings.Cut(advice, "go:")
	fmt.Println(strings.TrimLeft(advice, "0123456789: "))
	// Output:
	// Call Title 100
	// ask for values there (netproxy.Call[[]T](…, "Documents")
}
