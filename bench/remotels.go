package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/internal/rpyc"
	"github.com/rgo-project/rgo/internal/slowlink"
	"github.com/rgo-project/rgo/netproxy"
)

// host is what the other side offers.
type host struct{ OS *osModule }

type osModule struct{ Path *pathModule }

type pathModule struct{ Separator string }

// thing stays where it is: it has unexported state.
type thing struct {
	N int

	_ func()
}

func newHost() *host { return &host{&osModule{&pathModule{"/"}}} }

func (*pathModule) Join(all ...string) string { return path.Join(all...) }

func (*host) Double(n int) int { return 2 * n }
func (*host) Times(n int, f func(int) int) (sum int) {
	for i := range n {
		sum += f(i)
	}
	return sum
}
func (*host) Thing(n int) *thing { return &thing{N: n} }
func (*host) Things(n int) (all []*thing) {
	for i := range n {
		all = append(all, &thing{N: i})
	}
	return all
}
func (*host) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (*host) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (*host) Listdir(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(0)
}

// lsTyped is what a program does with a local directory.
func lsTyped(ctx context.Context, host *netproxy.Proxy, dir string) error {
	entries, err := netproxy.Call[[]fs.DirEntry](ctx, host, "ReadDir", dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		_ = info.Size()
	}
	return nil
}

// lsAsync asks for all files at once.
func lsAsync(ctx context.Context, host *netproxy.Proxy, dir string) error {
	names, err := netproxy.Call[[]string](ctx, host, "Listdir", dir)
	if err != nil {
		return err
	}
	_, err = async.Each(ctx, 0, names, func(name string) *async.Promise[fs.FileInfo] {
		return async.Call[fs.FileInfo](async.Of(host), "Stat", filepath.Join(dir, name))
	})
	return err
}

// lsPlain is RPyC's remote_ls, line by line.
func lsPlain(ctx context.Context, host *netproxy.Proxy, dir string) error {
	names, err := host.Call(ctx, "Listdir", dir)
	if err != nil {
		return err
	}
	for name, err := range names.All(ctx) {
		if err != nil {
			return err
		}
		file, err := netproxy.Value[string](ctx, name.Value)
		if err != nil {
			return err
		}
		info, err := host.Call(ctx, "Stat", filepath.Join(dir, file))
		if err != nil {
			return err
		}
		if _, err := netproxy.Call[int64](ctx, info, "Size"); err != nil {
			return err
		}
	}
	return nil
}

// rpycList runs RPyC's remote_ls over a link as slow as ours: its client dials us, and we dial its server.
func rpycList(ctx context.Context, dir string) (time.Duration, error) {
	tmp, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	server, client := filepath.Join(tmp, "server"), filepath.Join(tmp, "client")
	ln, err := net.Listen("unix", client)
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	go func() { // ends with the listener
		for {
			from, err := ln.Accept()
			if err != nil {
				return
			}
			to, err := dialSoon(server)
			if err != nil {
				from.Close()
				continue
			}
			from, to = slowlink.Delay(from, roundTrip/2), slowlink.Delay(to, roundTrip/2)
			go relay(from, to)
			go relay(to, from)
		}
	}()
	return rpyc.List(ctx, server, client, dir)
}

// dialSoon dials a server that is about to listen.
func dialSoon(path string) (nc net.Conn, err error) {
	for range 500 {
		if nc, err = net.Dial("unix", path); !errors.Is(err, os.ErrNotExist) && err == nil {
			return nc, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, err
}

func relay(to, from net.Conn) {
	_, _ = io.Copy(to, from) // until either ends
	to.Close()
	from.Close()
}
