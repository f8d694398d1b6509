// The demonstration that made RPyC known, line for line: a module of the other side in our hands, a list of its own that we
// change, a listing of its directory, and its error caught here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	ros := interp.On(c).Module("os") // the os package of the other side

	if err := changeArgs(ctx, ros); err != nil {
		return err
	}
	if err := remoteLs(ctx, ros, "."); err != nil {
		return err
	}

	_, err = ros.Call(ctx, "Open", "/no/such/file")
	fmt.Println("open:", err)
	fmt.Println("it is fs.ErrNotExist:", errors.Is(err, fs.ErrNotExist))
	return nil
}

// changeArgs shows the other side's os.Args, adds to it, and shows that it has changed there.
func changeArgs(ctx context.Context, ros *netproxy.Proxy) error {
	args, err := ros.Get(ctx, "Args") // the slice variable itself, not a copy
	if err != nil {
		return err
	}
	before, err := args.Len(ctx)
	if err != nil {
		return err
	}
	if err := args.Append(ctx, "lucy"); err != nil {
		return err
	}
	after, err := netproxy.Get[[]string](ctx, ros, "Args") // a copy, for the type asks for one
	if err != nil {
		return err
	}
	last, err := netproxy.Index[string](ctx, args, -1)
	if err != nil {
		return err
	}
	fmt.Printf("os.Args there: had %d, has %d, the last is %q\n", before, len(after), last)
	return nil
}

// remoteLs lists a directory of the other side through its os package: size, owner, name.
func remoteLs(ctx context.Context, ros *netproxy.Proxy, dir string) error {
	entries, err := ros.Call(ctx, "ReadDir", dir)
	if err != nil {
		return err
	}
	for entry, err := range entries.All(ctx) {
		if err != nil {
			return err
		}
		name, err := netproxy.Call[string](ctx, entry.Value, "Name")
		if err != nil {
			return err
		}
		info, err := entry.Value.Call(ctx, "Info")
		if err != nil {
			return err
		}
		size, err := netproxy.Call[int64](ctx, info, "Size")
		if err != nil {
			return err
		}
		stat, err := info.Call(ctx, "Sys") // a *syscall.Stat_t over there
		if err != nil {
			return err
		}
		uid, err := netproxy.Get[uint32](ctx, stat, "Uid")
		if err != nil {
			return err
		}
		fmt.Printf("%8d %5d  %s\n", size, uid, name)
	}
	return nil
}
