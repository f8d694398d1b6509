package netproxy_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// Lister is what a program that lists a directory uses of another machine.
type Lister struct{}

func (Lister) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (Lister) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }
func (Lister) Names(name string) ([]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return f.Readdirnames(0)
}

// filled makes a directory of n files.
func filled(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file%03d", i)), make([]byte, i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// lsTyped lists a directory as a program with a local one would.
func lsTyped(ctx context.Context, host *netproxy.Proxy, dir string) (sum int64, err error) {
	entries, err := netproxy.Call[[]fs.DirEntry](ctx, host, "ReadDir", dir)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return 0, err
		}
		sum += info.Size()
	}
	return sum, nil
}

// lsAsync lists it as RPyC's remote_ls does, by name, and asks for all at once.
func lsAsync(ctx context.Context, host *netproxy.Proxy, dir string) (sum int64, err error) {
	names, err := netproxy.Call[[]string](ctx, host, "Names", dir)
	if err != nil {
		return 0, err
	}
	infos, err := async.Each(ctx, 0, names, func(name string) *async.Promise[fs.FileInfo] {
		return async.Call[fs.FileInfo](async.Of(host), "Stat", filepath.Join(dir, name))
	})
	for _, info := range infos {
		sum += info.Size()
	}
	return sum, err
}

// lsPlain is RPyC's remote_ls, line by line.
func lsPlain(ctx context.Context, host *netproxy.Proxy, dir string) (sum int64, err error) {
	names, err := host.Call(ctx, "Names", dir)
	if err != nil {
		return 0, err
	}
	for name, err := range names.All(ctx) {
		if err != nil {
			return 0, err
		}
		file, err := netproxy.Value[string](ctx, name.Value)
		if err != nil {
			return 0, err
		}
		info, err := host.Call(ctx, "Stat", filepath.Join(dir, file))
		if err != nil {
			return 0, err
		}
		size, err := netproxy.Call[int64](ctx, info, "Size")
		if err != nil {
			return 0, err
		}
		sum += size
	}
	return sum, nil
}

func TestRemoteLs(t *testing.T) {
	const n = 30
	dir := filled(t, n)
	host := far(t, Lister{})
	ctx := deadline(t)
	list := func(ls func(context.Context, *netproxy.Proxy, string) (int64, error)) func() error {
		return func() error {
			sum, err := ls(ctx, host, dir)
			return is(err, sum == n*(n-1)/2, sum)
		}
	}
	costs(t, host, "typed", 1, list(lsTyped))
	costs(t, host, "async", 2, list(lsAsync))
	prof := netproxy.StartProfile(host.Conn())
	costs(t, host, "the plain loop", n+2, list(lsPlain))
	prof.Stop()
	var b bytes.Buffer
	if _, err := prof.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	for _, site := range prof.Sites() {
		if site.What == "Call Stat" && strings.Contains(site.Advice, "async.Each") {
			return
		}
	}
	t.Errorf("the profile does not say how to be rid of the loop:\n%s", &b)
}
