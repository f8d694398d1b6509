// An http.Handler of the other side, served by the net/http of this one: requests that arrive here are answered there.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"

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

// program runs over there. Its handler looks at the request, reads its body, and sets headers and status, as handlers do.
const program = `
type counter struct{ hits int }

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.hits++
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("X-Hits", strconv.Itoa(c.hits))
	if r.URL.Path == "/teapot" {
		w.WriteHeader(http.StatusTeapot)
	}
	fmt.Fprintf(w, "%s %s: %s", r.Method, r.URL.Path, strings.ToUpper(string(body)))
}

handler := &counter{}
`

func run(ctx context.Context) error {
	c, err := conn.Dial(ctx, target.FromArgs())
	if err != nil {
		return err
	}
	defer c.Close()
	there := interp.On(c)

	if err := there.Execute(ctx, program); err != nil {
		return err
	}
	object, err := there.Eval(ctx, "handler")
	if err != nil {
		return err
	}
	handler, err := netproxy.As[http.Handler](ctx, object)
	if err != nil {
		return err
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: handler}
	go func() { _ = srv.Serve(l) }() // ends with Close
	defer func() { _ = srv.Close() }()
	if err := ask("http://" + l.Addr().String()); err != nil {
		return err
	}

	hits, err := netproxy.Value[int](ctx, must(there.Eval(ctx, "handler.hits")))
	fmt.Println("hits, counted there:", hits)
	return err
}

// ask is any client.
func ask(server string) error {
	for _, path := range []string{"/greeting", "/teapot"} {
		got, err := http.Post(server+path, "text/plain", strings.NewReader("hello from "+path[1:]))
		if err != nil {
			return err
		}
		body, err := io.ReadAll(got.Body)
		_ = got.Body.Close()
		if err != nil {
			return err
		}
		fmt.Printf("%s, hit %s: %s\n", got.Status, got.Header.Get("X-Hits"), body)
	}
	return nil
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}
