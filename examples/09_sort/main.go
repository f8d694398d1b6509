// Memory crosses, too. A func over there that writes into what it is given leaves our slices, maps and variables as it would leave them if
// it ran here: json.Unmarshal, fmt.Sscan, and even sort.Slice, which calls a less of ours that looks at our slice while it is being sorted there.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/examples/internal/target"
	"github.com/rgo-project/rgo/interp"
	"github.com/rgo-project/rgo/netproxy"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// host is a type of this program: nobody over there has heard of it.
type host struct {
	Name string `json:"host"`
	Load float64
	Tags []string
}

func run(ctx context.Context) error {
	c, err := conn.Dial(ctx, target.FromArgs())
	if err != nil {
		return err
	}
	defer c.Close()
	there := interp.On(c)

	unmarshal, err := netproxy.Func[func(data []byte, v any) error](ctx, there.Module("encoding/json"), "Unmarshal")
	if err != nil {
		return err
	}
	var hosts []host
	err = unmarshal([]byte(`[{"host": "web2", "Load": 0.7}, {"host": "web1", "Load": 0.1, "Tags": ["new"]}, {"host": "db", "Load": 2}]`), &hosts)
	if err != nil {
		return err
	}
	fmt.Println("decoded there:", hosts)

	sortSlice, err := netproxy.Func[func(x any, less func(i, j int) bool)](ctx, there.Module("sort"), "Slice")
	if err != nil {
		return err
	}
	sortSlice(hosts, func(i, j int) bool { return hosts[i].Load < hosts[j].Load })
	fmt.Println("sorted there, compared here:", hosts)

	scan, err := netproxy.Func[func(text string, to ...any) (int, error)](ctx, there.Module("fmt"), "Sscan")
	if err != nil {
		return err
	}
	var name string
	var port int
	n, err := scan("db 5432", &name, &port)
	fmt.Println("scanned there:", n, name, port)
	return err
}
