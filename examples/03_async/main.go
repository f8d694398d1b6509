// Every operation can be started without waiting for it. Operations on a result under way go out at once, so that a chain
// costs one round trip; and a callback kept by the other side is an event source.
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/examples/internal/target"
	"github.com/rgo-project/rgo/interp"
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

	if err := chain(ctx, c, there); err != nil {
		return err
	}
	if err := together(ctx, there); err != nil {
		return err
	}
	return events(ctx, there)
}

// chain asks for the name of the file that the other side opens: three dependent operations, one round trip.
func chain(ctx context.Context, c *conn.Conn, there *interp.Remote) error {
	before := c.Stats().RoundTrips
	name, err := async.Value[string](ctx, async.Of(there.Module("os")).Call("Open", "/").Call("Stat").Call("Name"))
	if err != nil {
		return err
	}
	fmt.Printf("%s in %d round trip\n", name, c.Stats().RoundTrips-before)
	return nil
}

// together sleeps three times 200 ms over there, at the same time: one handle is one line of work, three are three.
func together(ctx context.Context, there *interp.Remote) error {
	clock := there.Module("time")
	begin := time.Now()
	var naps []*async.Result
	awake := make(chan *async.Result, 3)
	for range 3 {
		nap := async.Of(clock).Call("Sleep", 200*time.Millisecond)
		nap.OnReady(func(r *async.Result) { awake <- r }) // called once, in a goroutine of its own
		naps = append(naps, nap)
	}
	if _, err := async.All(ctx, naps...); err != nil {
		return err
	}
	for range naps {
		fmt.Println("one is awake:", (<-awake).Ready())
	}
	fmt.Println("all in less time than one after the other:", time.Since(begin) < 600*time.Millisecond)
	return nil
}

// events leaves a func of ours with the other side, which calls it while nobody here waits in a call.
func events(ctx context.Context, there *interp.Remote) error {
	ticks := make(chan int)
	if err := there.Set(ctx, "tick", func(n int) { ticks <- n }); err != nil {
		return err
	}
	err := there.Execute(ctx, `go func() {
		for n := 1; n <= 3; n++ {
			time.Sleep(10 * time.Millisecond)
			tick(n)
		}
	}()`)
	if err != nil {
		return err
	}
	for range 3 {
		fmt.Println("tick", <-ticks)
	}
	return nil
}
