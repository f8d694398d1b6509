// Code runs on the other side with its standard streams connected here: output arrives while it runs, input reaches it, and what it
// defines stays.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

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

	// Output streams: each line is here before the next is printed there.
	err = there.Execute(ctx, `
		for i := 0; i < 3; i++ {
			fmt.Println("step", i)
			time.Sleep(50 * time.Millisecond)
		}`, interp.Stdout(os.Stdout))
	if err != nil {
		return err
	}

	// Input reaches it, and what one input defines the next one has.
	if err := there.Execute(ctx, "func double(s string) string { return s + s }"); err != nil {
		return err
	}
	err = there.Execute(ctx, `
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			fmt.Println(double(in.Text()))
		}`, interp.Stdin(strings.NewReader("ha\nbye\n")), interp.Stdout(os.Stdout))
	if err != nil {
		return err
	}

	// Values come back as what they are.
	v, err := there.Eval(ctx, `map[string]int{"a": 1, "b": 2}`)
	if err != nil {
		return err
	}
	m, err := netproxy.Value[map[string]int](ctx, v)
	if err != nil {
		return err
	}
	fmt.Println("a map:", m)

	return mistakes(ctx, there)
}

// mistakes shows how each kind arrives.
func mistakes(ctx context.Context, there *interp.Remote) error {
	err := there.Execute(ctx, "x := 1\ny := x + nosuch", interp.Name("mine.go"))
	var compile *interp.CompileError
	fmt.Println("compile error:", errors.As(err, &compile), "-", err)

	err = there.Execute(ctx, "var m map[string]int\nm[\"a\"] = 1")
	var panicked *interp.PanicError
	fmt.Println("panic:", errors.As(err, &panicked), "-", panicked.Text)

	soon, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	err = there.Execute(soon, "for {}")
	fmt.Println("interrupted:", errors.Is(err, context.DeadlineExceeded))

	sum, err := there.Eval(ctx, "x + 1") // the session has survived all of it; x was never set, as its input did not compile
	if err != nil {
		fmt.Println("x:", err)
		return nil
	}
	return fmt.Errorf("x is %v, but its input should not have run", sum)
}
