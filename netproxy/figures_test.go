package netproxy_test

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"testing"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// Modules is a tree of namespaces, as a peer offers its packages.
type Modules struct{ OS *OS }

type OS struct{ Path *PathModule }

type PathModule struct{ Sep rune }

func (*PathModule) Join(all ...string) string { return path.Join(all...) }

// costs counts the round trips of f, which are exact.
func costs(t *testing.T, root *netproxy.Proxy, what string, want uint64, f func() error) {
	t.Helper()
	before := root.Conn().Stats().RoundTrips
	if err := f(); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if got := root.Conn().Stats().RoundTrips - before; got != want {
		t.Errorf("%s: %d round trips, want %d", what, got, want)
	}
}

func TestRoundTripsOfCalls(t *testing.T) {
	eachWay(t, func() any { return newArchive(1000) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		doc := must[*netproxy.Proxy](t)(root.Call(ctx, "Find", 7))
		costs(t, root, "o.m(x) on a held proxy", 1, func() error { _, err := doc.Call(ctx, "Resize", 8); return err })
		costs(t, root, "typed", 1, func() error { _, err := netproxy.Call[int](ctx, doc, "Size"); return err })
		costs(t, root, "each new object of a known type", 10, func() error {
			for i := range 10 {
				d, err := root.Call(ctx, "Find", i)
				if err != nil {
					return err
				}
				if d.Type() != "*netproxy_test.Document" {
					return fmt.Errorf("a %s", d.Type())
				}
			}
			return nil
		})
		costs(t, root, "a new object and what it says, as a chain", 1, func() error {
			title, err := async.Call[string](async.Of(root).Call("Find", 9), "Title").Await(ctx)
			return is(err, title == "doc 9", title)
		})
		find := must[func(context.Context, int) (fmt.Stringer, error)](t)(netproxy.Func[func(context.Context, int) (fmt.Stringer, error)](ctx, root, "Stringer"))
		first := must[fmt.Stringer](t)(find(ctx, 0)) // its type is asked for, once
		costs(t, root, "each new object of a known type as an interface", 3, func() error {
			for i := range 3 {
				d, err := find(ctx, i)
				if err != nil || d == nil {
					return err
				}
			}
			return nil
		})
		runtime.KeepAlive(first)
	})
}

// Stringer returns an object as an interface.
func (a *Archive) Stringer(i int) fmt.Stringer { return a.all[i] }

func (d *Document) String() string { return "<" + d.title + ">" }

func TestRoundTripsOfAChain(t *testing.T) {
	eachWay(t, func() any { return &Modules{&OS{&PathModule{'/'}}} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		costs(t, root, "modules.os.path.join", 1, func() error {
			s, err := async.Call[string](async.Of(root).Get("OS").Get("Path"), "Join", "a", "b").Await(ctx)
			return is(err, s == "a/b", s)
		})
	})
}

func TestRoundTripsOfAListing(t *testing.T) {
	eachWay(t, func() any { return newArchive(1000) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		costs(t, root, "a field of each of 1,000 objects", 2, func() error {
			var docs []*netproxy.Proxy
			for item, err := range netproxy.Pipelined(ctx, root, "Documents").All(ctx) {
				if err != nil {
					return err
				}
				docs = append(docs, item.Value)
			}
			titles, err := async.Each(ctx, 0, docs, func(d *netproxy.Proxy) *async.Promise[string] { return async.Call[string](async.Of(d), "Title") })
			return is(err, len(titles) == 1000 && titles[999] == "doc 999", len(titles))
		})
		costs(t, root, "1,000 objects as live interfaces, and what each says", 2, func() error {
			docs, err := netproxy.Call[[]*netproxy.Proxy](ctx, root, "Documents")
			if err != nil {
				return err
			}
			texts, err := async.Each(ctx, 0, docs, func(d *netproxy.Proxy) *async.Promise[string] { return async.Call[string](async.Of(d), "String") })
			return is(err, len(texts) == 1000 && texts[1] == "<doc 1>", len(texts))
		})
	})
}

func TestReleasesAreBatched(t *testing.T) {
	root := pair(t, newArchive(1000))
	ctx := deadline(t)
	docs := must[[]*netproxy.Proxy](t)(netproxy.Call[[]*netproxy.Proxy](ctx, root, "Documents"))
	before := root.Conn().Stats()
	for _, d := range docs {
		d.Release()
	}
	if !settle(t, func() bool { return root.Conn().Stats().Imports == 0 }) {
		t.Errorf("%d references are held", root.Conn().Stats().Imports)
	}
	if _, err := root.Call(ctx, "Titles"); err != nil {
		t.Fatal(err)
	}
	if frames := root.Conn().Stats().FramesOut - before.FramesOut; frames > 100 {
		t.Errorf("1,000 releases went out in %d frames", frames)
	}
}
