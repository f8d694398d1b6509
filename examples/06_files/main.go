// The disk of the other side is an fs.FS here: whatever takes one of those works with files that are on another machine. Here it is
// the file server of net/http, and a walk over the tree.
package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"path/filepath"

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
	ros := interp.On(c).Module("os")

	dir, err := netproxy.Call[string](ctx, ros, "MkdirTemp", "", "files")
	if err != nil {
		return err
	}
	defer func() { _, _ = ros.Call(ctx, "RemoveAll", dir) }()
	if err := fill(ctx, ros, dir); err != nil {
		return err
	}

	disk, err := netproxy.Call[fs.FS](ctx, ros, "DirFS", dir)
	if err != nil {
		return err
	}
	if err := walk(disk); err != nil {
		return err
	}
	return serve(disk)
}

// fill makes some files over there.
func fill(ctx context.Context, ros *netproxy.Proxy, dir string) error {
	var files struct {
		Mkdir     func(name string, perm fs.FileMode) error
		WriteFile func(name string, data []byte, perm fs.FileMode) error
	}
	if err := netproxy.Bind(ctx, ros, &files); err != nil {
		return err
	}
	if err := files.Mkdir(filepath.Join(dir, "logs"), 0o700); err != nil {
		return err
	}
	if err := files.WriteFile(filepath.Join(dir, "motd"), []byte("welcome to the other side\n"), 0o600); err != nil {
		return err
	}
	return files.WriteFile(filepath.Join(dir, "logs", "today"), []byte("all quiet\n"), 0o600)
}

// walk lists the tree: what it asks of each file came with the listing.
func walk(disk fs.FS) error {
	return fs.WalkDir(disk, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !d.IsDir() {
			fmt.Println(path, info.Size(), info.Mode())
		}
		return nil
	})
}

// serve offers the files to any browser that can reach this side.
func serve(disk fs.FS) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: http.FileServer(http.FS(disk))}
	go func() { _ = srv.Serve(l) }() // ends with Close
	defer func() { _ = srv.Close() }()

	for _, path := range []string{"/motd", "/logs/today", "/nothing"} {
		got, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(got.Body)
		_ = got.Body.Close()
		if err != nil {
			return err
		}
		fmt.Printf("GET %s: %s: %s", path, got.Status, body)
	}
	return nil
}
