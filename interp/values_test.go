package interp_test

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// TestInterpretedTypesCross sends values of types that only a session knows, and types that only this side knows.
func TestInterpretedTypesCross(t *testing.T) {
	there := dial(t)
	ctx := t.Context()
	if err := there.Execute(ctx, `
		type Level int8
		type Base struct{ ID int }
		type Point[T any] struct{ X, Y T }
		type Node struct {
			Base
			Name string
			At   Point[float64]
			Lvl  Level
			Kids []*Node
			Up   *Node
			Any  any
			When time.Time
		}
		func Tree() *Node {
			n := &Node{Base: Base{7}, Name: "root", At: Point[float64]{1, 2}, Lvl: -3, Any: Level(5), When: time.Unix(5, 0).UTC()}
			n.Kids = []*Node{{Name: "kid", Up: n}}
			return n
		}
		func Weigh(n Node) string { return fmt.Sprint(n.Name, n.ID, n.At.X, n.Lvl, len(n.Kids)) }
		func Shape(x any) string { return fmt.Sprintf("%T", x) }
		func Infos() []fs.FileInfo {
			i, err := os.Stat("/")
			if err != nil {
				panic(err)
			}
			return []fs.FileInfo{i}
		}
		type fake struct{ fs.FileInfo }
		func (fake) Name() string { return "fake" }
		func (fake) Size() int64 { return 42 }
		func Fake() fs.FileInfo { return fake{Infos()[0]} }`); err != nil {
		t.Fatal(err)
	}
	call := func(name string) *netproxy.Proxy {
		f, err := there.Eval(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	weigh, shape, listed, faked := call("Weigh"), call("Shape"), call("Infos"), call("Fake")
	type point struct{ X, Y float32 }
	type node struct {
		Base struct{ ID int8 }
		Name string
		At   point
		Lvl  int
		Kids []*node
		Up   *node
		Any  any
		When time.Time
	}
	tree, err := netproxy.Call[*node](ctx, call("Tree"), "")
	if err != nil {
		t.Fatal(err)
	}
	if tree.Base.ID != 7 || tree.Name != "root" || tree.At != (point{1, 2}) || tree.Lvl != -3 || !tree.When.Equal(time.Unix(5, 0)) {
		t.Errorf("%+v", tree)
	}
	if len(tree.Kids) != 1 || tree.Kids[0].Up != tree {
		t.Errorf("the ring is lost: %+v", tree.Kids)
	}
	if s, err := netproxy.Call[string](ctx, weigh, "", netproxy.Copy(*tree)); s != "root7 1 -3 1" && s != fmt.Sprint("root", 7, 1.0, -3, 1) || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	if s, err := netproxy.Call[string](ctx, shape, "", netproxy.Copy(tree)); s != "*interp_test.node" || err != nil {
		t.Errorf("a ring of a type of ours is a %q there, %v", s, err)
	}
	if s, err := netproxy.Call[string](ctx, shape, "", struct{ A, B int }{1, 2}); s != "struct { A int; B int }" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	before := there.Conn().Stats().RoundTrips
	infos, err := netproxy.Call[[]fs.FileInfo](ctx, listed, "")
	if err != nil || len(infos) != 1 || !infos[0].IsDir() {
		t.Fatal(infos, err)
	}
	fake, err := netproxy.Call[fs.FileInfo](ctx, faked, "")
	if err != nil || fake.Name() != "fake" || fake.Size() != 42 || !fake.IsDir() {
		t.Errorf("%v, %v", fake, err)
	}
	if trips := there.Conn().Stats().RoundTrips - before; trips != 2 {
		t.Errorf("%d round trips", trips)
	}
	bad := struct{ Lvl int }{300}
	if _, err := netproxy.Call[string](ctx, weigh, "", bad); !errors.Is(err, netproxy.ErrArgument) {
		t.Errorf("300 as a Level: %v", err)
	}
	record, err := netproxy.Call[[]any](ctx, listed, "")
	if err != nil || !reflect.TypeOf(record[0]).Implements(reflect.TypeFor[fs.FileInfo]()) {
		t.Errorf("%T, %v", record[0], err)
	}
}
