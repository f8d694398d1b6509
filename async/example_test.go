package async_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Garage is what the examples' other side offers.
type Garage struct{ Cars []*Car }

type Car struct {
	name   string
	wheels []int
}

func (g *Garage) Find(i int) (*Car, error) {
	if i >= len(g.Cars) {
		return nil, fmt.Errorf("car %d: %w", i, fs.ErrNotExist)
	}
	return g.Cars[i], nil
}

func (c *Car) Name() string   { return c.name }
func (c *Car) Wheels() []int  { return c.wheels }
func (c *Car) Paint(s string) { c.name = s + " " + c.name }
func (c *Car) Wash(ctx context.Context, d time.Duration) (string, error) {
	select {
	case <-time.After(d):
		return "clean " + c.name, nil
	case <-ctx.Done(): // the time that the caller gives; the clock on this side may be the first to see its end
		return "", ctx.Err()
	}
}

// garage connects to a garage.
func garage() (root *netproxy.Proxy, shut func()) {
	g := &Garage{Cars: []*Car{{"Isetta", []int{10, 10, 10}}, {"Beetle", []int{15, 15, 15, 15}}}}
	here, there := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(g)})
	return netproxy.Root(here), func() {
		_ = here.Close()
		_, _ = here.Wait(), there.Wait()
	}
}

// A chain of operations is one round trip, however long it is.
func Example() {
	ctx := context.Background()
	root, shut := garage()
	defer shut()

	name, err := async.Value[string](ctx, async.Of(root).Get("Cars").Index(1).Call("Name"))
	fmt.Println(name, err, root.Conn().Stats().RoundTrips)
	// Output: Beetle <nil> 1
}

// Typed promises ask for their value with the operation: slices come in the same reply.
func ExampleCall() {
	ctx := context.Background()
	root, shut := garage()
	defer shut()

	a := async.Call[[]int](async.Of(root).Call("Find", 0), "Wheels")
	b := async.Call[[]int](async.Of(root).Call("Find", 1), "Wheels")
	wheels, err := async.All(ctx, a, b)
	fmt.Println(wheels, err, root.Conn().Stats().RoundTrips)
	// Output: [[10 10 10] [15 15 15 15]] <nil> 1
}

// The first error ends the work; what was there by then is returned with it.
func ExampleEach() {
	ctx := context.Background()
	root, shut := garage()
	defer shut()

	names, err := async.Each(ctx, 1, []int{0, 1, 7, 8}, func(i int) *async.Promise[string] {
		return async.Call[string](async.Of(root).Call("Find", i), "Name")
	})
	var item *async.ItemError
	fmt.Printf("%q\n", names)
	fmt.Println(errors.Is(err, fs.ErrNotExist), errors.As(err, &item) && item.Index == 2)
	// Output:
	// ["Isetta" "Beetle" "" ""]
	// true true
}

// EachReady yields outcomes as they come, errors among them.
func ExampleEachReady() {
	ctx := context.Background()
	root, shut := garage()
	defer shut()

	found := 0
	for i, out := range async.EachReady(ctx, 0, []int{0, 7, 1}, func(i int) *async.Result { return async.Of(root).Call("Find", i) }) {
		if out.Err != nil {
			fmt.Println("item", i, "is not there:", errors.Is(out.Err, fs.ErrNotExist))
			continue
		}
		found++
	}
	fmt.Println(found, "found")
	// Output:
	// item 1 is not there: true
	// 2 found
}

// A line of work keeps its order without being waited for.
func ExampleHandle_Notify() {
	ctx := context.Background()
	root, shut := garage()
	defer shut()

	car := async.Of(root).Call("Find", 0)
	for _, color := range []string{"red", "and", "white"} {
		if err := car.Notify("Paint", color); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(async.Value[string](ctx, car.Call("Name")))
	// Output: white and red Isetta <nil>
}

// Within gives each operation its time; With binds a whole line to a context.
func ExampleHandle_Within() {
	ctx := context.Background()
	root, shut := garage()
	defer shut()

	car := async.Of(root).Call("Find", 0)
	_, slow := car.Within(10*time.Millisecond).Call("Wash", time.Hour).Await(ctx)
	quick, err := car.Within(time.Minute).Call("Wash", time.Duration(0)).Await(ctx)
	fmt.Println(errors.Is(slow, context.DeadlineExceeded))
	fmt.Println(quick, err)
	// Output:
	// true
	// clean Isetta <nil>
}

func ExampleResult_OnReady() {
	ctx := context.Background()
	root, shut := garage()
	defer shut()

	told := make(chan string)
	async.Of(root).Call("Find", 1).Call("Name").OnReady(func(r *async.Result) {
		name, err := async.Value[string](ctx, r)
		told <- fmt.Sprint(name, " ", err)
	})
	fmt.Println(<-told)
	// Output: Beetle <nil>
}
