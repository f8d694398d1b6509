// Functions cross in both directions: code of the other side calls ours, ours calls it back, as deep as one likes.
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

func run(ctx context.Context) error {
	c, err := conn.Dial(ctx, target.FromArgs())
	if err != nil {
		return err
	}
	defer c.Close()
	there := interp.On(c)

	// A func of the standard library over there calls a func of ours for every letter.
	seen := 0
	upper, err := netproxy.Call[string](ctx, there.Module("strings"), "Map", func(r rune) rune {
		seen++
		return r - 'a' + 'A'
	}, "hello")
	if err != nil {
		return err
	}
	fmt.Println(upper, "after", seen, "calls from the other side")

	// A func of ours as a name in the interpreter over there.
	err = there.Set(ctx, "notify", func(line string) { fmt.Println("notified:", line) })
	if err != nil {
		return err
	}
	if err := there.Execute(ctx, `notify("running on " + runtime.GOOS)`); err != nil {
		return err
	}

	// There and back: countdown runs over there, next runs here and calls countdown again.
	if err := there.Execute(ctx, countdown); err != nil {
		return err
	}
	down, err := there.Eval(ctx, "countdown")
	if err != nil {
		return err
	}
	var next func(n int) (string, error)
	next = func(n int) (string, error) {
		fmt.Println("here: ", n)
		return netproxy.Call[string](ctx, down, "", n-1, next)
	}
	end, err := netproxy.Call[string](ctx, down, "", 6, next)
	if err != nil {
		return err
	}
	fmt.Println(end)
	return nil
}

const countdown = `
func countdown(n int, next func(int) (string, error)) (string, error) {
	if n == 0 {
		return "lift-off", nil
	}
	return next(n - 1)
}`
