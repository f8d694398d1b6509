// Two other machines, and io.Copy between them: a file of one, a file of the other, and nothing that is written for the occasion. The bytes
// run on streams of their own, and come to rest nowhere on the way.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"log"
	"path/filepath"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/examples/internal/target"
	"github.com/rgo-project/rgo/interp"
	"github.com/rgo-project/rgo/netproxy"
)

const size = 16 << 20

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// A machine is one of the two.
type machine struct {
	c   *conn.Conn
	os  *netproxy.Proxy
	dir string
}

func dial(ctx context.Context) (*machine, error) {
	c, err := conn.Dial(ctx, target.FromArgs())
	if err != nil {
		return nil, err
	}
	m := &machine{c: c, os: interp.On(c).Module("os")}
	m.dir, err = netproxy.Call[string](ctx, m.os, "MkdirTemp", "", "copy")
	return m, err
}

func (m *machine) leave(ctx context.Context) {
	_, _ = m.os.Call(ctx, "RemoveAll", m.dir)
	_ = m.c.Close()
}

func run(ctx context.Context) error {
	one, err := dial(ctx)
	if err != nil {
		return err
	}
	defer one.leave(ctx)
	other, err := dial(ctx)
	if err != nil {
		return err
	}
	defer other.leave(ctx)
	if err := make16(ctx, one); err != nil {
		return err
	}

	from, err := netproxy.Call[fs.File](ctx, one.os, "Open", filepath.Join(one.dir, "data"))
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := netproxy.Call[io.WriteCloser](ctx, other.os, "Create", filepath.Join(other.dir, "data"))
	if err != nil {
		return err
	}
	before := one.c.Stats().RoundTrips + other.c.Stats().RoundTrips
	n, err := io.Copy(to, from)
	if err != nil {
		return err
	}
	trips := one.c.Stats().RoundTrips + other.c.Stats().RoundTrips - before
	fmt.Printf("%d MiB copied, in few round trips: %t\n", n>>20, trips < 10)
	if err := to.Close(); err != nil {
		return err
	}
	return compare(ctx, one, other)
}

// make16 makes a file over there. The func that does it is ours; what it writes to is theirs.
func make16(ctx context.Context, m *machine) error {
	f, err := netproxy.Call[io.WriteCloser](ctx, m.os, "Create", filepath.Join(m.dir, "data"))
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.LimitReader(&pattern{}, size))
	return errors.Join(err, f.Close())
}

// pattern is an endless reader.
type pattern struct{ n byte }

func (p *pattern) Read(b []byte) (int, error) {
	for i := range b {
		p.n = p.n*31 + 7
		b[i] = p.n
	}
	return len(b), nil
}

// compare reads both files from here.
func compare(ctx context.Context, one, other *machine) error {
	var sums [2]hash.Hash
	for i, m := range []*machine{one, other} {
		f, err := netproxy.Call[io.ReadCloser](ctx, m.os, "Open", filepath.Join(m.dir, "data"))
		if err != nil {
			return err
		}
		sums[i] = sha256.New()
		if _, err := io.Copy(sums[i], f); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	fmt.Println("the same:", string(sums[0].Sum(nil)) == string(sums[1].Sum(nil)))
	return nil
}
