package netproxy_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// Tools gives values whose types are nobody's business, in interfaces.
type Tools struct {
	dir   string
	ints  sort.IntSlice
	Value flag.Value
}

type (
	knob  int
	plain struct{ Names []string }
)

func (k knob) String() string { return strconv.Itoa(int(k)) }
func (k knob) Set(s string) error {
	_, err := strconv.Atoi(s)
	return err
}
func (p plain) String() string { return fmt.Sprint(len(p.Names)) }

func (t *Tools) DirFS() fs.FS               { return os.DirFS(t.dir) }
func (t *Tools) Ints() sort.Interface       { return t.ints }
func (t *Tools) Knob() flag.Value           { return knob(7) }
func (t *Tools) Plain() fmt.Stringer        { return plain{[]string{"a", "b"}} }
func (t *Tools) Known() fmt.Stringer        { return 90 * time.Second }
func (t *Tools) Both() (fs.FS, error)       { return os.DirFS(t.dir), nil }
func (t *Tools) Many() []fmt.Stringer       { return []fmt.Stringer{knob(1), time.March, plain{}} }
func (t *Tools) Any() any                   { return knob(3) }
func (t *Tools) Sort(x sort.Interface)      { sort.Sort(x) }
func (t *Tools) Text(x fmt.Stringer) string { return x.String() }

// TestWhatIsItsMethodsStays lets values of unknown types do what they do where they are.
func TestWhatIsItsMethodsStays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	eachWay(t, func() any { return &Tools{dir: dir, ints: sort.IntSlice{3, 1, 2}, Value: knob(5)} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for _, name := range []string{"DirFS", "Both"} {
			disk, err := netproxy.Call[fs.FS](ctx, root, name)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := fs.ReadFile(disk, "x"); string(b) != "abc" || err != nil {
				t.Errorf("%q, %v", b, err)
			}
			before := root.Conn().Stats().RoundTrips
			info, err := fs.Stat(disk, "x")
			if err != nil || info.Size() != 3 || info.Name() != "x" {
				t.Fatal(info, err)
			}
			was := root.Conn().Stats().RoundTrips
			if _, _ = info.Size(), info.Mode(); root.Conn().Stats().RoundTrips != was {
				t.Errorf("a snapshot asks the other side: it is a %T (%d round trips before)", info, was-before)
			}
		}
		ints, err := netproxy.Call[sort.Interface](ctx, root, "Ints")
		if err != nil {
			t.Fatal(err)
		}
		sort.Sort(ints)
		if !sort.IsSorted(ints) || ints.Len() != 3 {
			t.Error("not sorted")
		}
		for name, want := range map[string]string{"Knob": "7", "Plain": "2", "Known": "1m30s"} {
			if s, err := netproxy.Call[fmt.Stringer](ctx, root, name); err != nil || s.String() != want {
				t.Errorf("%s: %v, %v", name, s, err)
			}
		}
		if v, err := netproxy.Get[flag.Value](ctx, root, "Value"); err != nil || v.String() != "5" || v.Set("x") == nil {
			t.Errorf("%v, %v", v, err)
		}
		many, err := netproxy.Call[[]fmt.Stringer](ctx, root, "Many")
		if err != nil || fmt.Sprintf("%s %s %s", many[0], many[1], many[2]) != "1 March 0" || many[1] != time.March {
			t.Errorf("%v, %v", many, err)
		}
		if x, err := netproxy.Call[any](ctx, root, "Any"); x != 3 || err != nil {
			t.Errorf("in an any it is what it is: %v, %v", x, err)
		}
		disk, err := async.Of(root).Call("DirFS").Await(ctx)
		if _, ok := disk.(*netproxy.Proxy); !ok || err != nil {
			t.Errorf("awaited: %v, %v", disk, err)
		}
		// and the other way round
		sorting, err := netproxy.Func[func(context.Context, sort.Interface) error](ctx, root, "Sort")
		if err != nil {
			t.Fatal(err)
		}
		mine := []int{2, 3, 1}
		if err := sorting(ctx, sort.IntSlice(mine)); err != nil || !slices.IsSorted(mine) {
			t.Errorf("%v, %v", mine, err)
		}
		text, err := netproxy.Func[func(fmt.Stringer) (string, error)](ctx, root, "Text")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []fmt.Stringer{knob(9), plain{}, time.Hour} {
			if s, err := text(x); s != x.String() || err != nil {
				t.Errorf("%v: %q, %v", x, s, err)
			}
		}
	})
}
