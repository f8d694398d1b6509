package netproxy_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Disk gives what disks have.
type Disk struct{ dir string }

func (d *Disk) ReadDir() ([]fs.DirEntry, error)       { return os.ReadDir(d.dir) }
func (d *Disk) Stat(name string) (fs.FileInfo, error) { return os.Stat(filepath.Join(d.dir, name)) }
func (d *Disk) Name(i fs.FileInfo) string             { return i.Name() }
func (d *Disk) Addr() net.Addr                        { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 7} }
func (d *Disk) UserAddr() net.Addr                    { return userAddr{"rail", "platform 9"} }
func (d *Disk) All() []any {
	return []any{userAddr{"a", "b"}, map[string]fs.FileInfo{"x": stat(d.dir)}}
}
func (d *Disk) Walled() fs.DirEntry                      { return walled{} }
func (d *Disk) Rich() fs.FileInfo                        { return &rich{FileInfo: stat(d.dir)} }
func (d *Disk) Nil() fs.FileInfo                         { return (*rich)(nil) }
func (d *Disk) Broken() fs.FileInfo                      { return broken{} }
func (d *Disk) Type(x any) string                        { return fmt.Sprintf("%T", x) }
func (d *Disk) Zip(h *zip.FileHeader) fs.FileInfo        { return h.FileInfo() }
func (d *Disk) Host(a net.Addr) (string, string)         { return a.Network(), a.String() }
func (d *Disk) Entry(e fs.DirEntry) (fs.FileInfo, error) { return e.Info() }

func stat(name string) fs.FileInfo {
	i, err := os.Stat(name)
	if err != nil {
		panic(err)
	}
	return i
}

type userAddr struct{ network, text string }

func (a userAddr) Network() string { return a.network }
func (a userAddr) String() string  { return a.text }

type walled struct{}

func (walled) Name() string      { return "wall" }
func (walled) IsDir() bool       { return false }
func (walled) Type() fs.FileMode { return fs.ModeSocket }
func (walled) Info() (fs.FileInfo, error) {
	return nil, &fs.PathError{Op: "stat", Path: "wall", Err: fs.ErrPermission}
}

// rich is a FileInfo that can do more than that.
type rich struct{ fs.FileInfo }

func (*rich) Read(p []byte) (int, error) { return copy(p, "rich"), nil }

type broken struct{ fs.FileInfo } // which is nil

// thousand makes a directory of so many files.
func thousand(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%04d", i)), make([]byte, i%7), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestListingAThousand lists a directory and looks at each entry.
func TestListingAThousand(t *testing.T) {
	dir := thousand(t, 1000)
	sum := 0
	for i := range 1000 {
		sum += i % 7
	}
	eachWay(t, func() any { return &Disk{dir} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		before := root.Conn().Stats().RoundTrips
		entries, err := netproxy.Call[[]fs.DirEntry](ctx, root, "ReadDir")
		if err != nil || len(entries) != 1000 {
			t.Fatal(len(entries), err)
		}
		size := int64(0)
		for i, e := range entries {
			info, err := e.Info()
			if err != nil || info.Name() != e.Name() || e.Name() != fmt.Sprintf("f%04d", i) || info.Mode() != 0o600 || info.IsDir() || e.IsDir() {
				t.Fatal(e, info, err)
			}
			size += info.Size()
		}
		if size != int64(sum) {
			t.Errorf("%d bytes", size)
		}
		if trips := root.Conn().Stats().RoundTrips - before; trips != 1 {
			t.Errorf("typed: %d round trips", trips)
		}

		before = root.Conn().Stats().RoundTrips
		list, err := root.Call(ctx, "ReadDir")
		if err != nil {
			t.Fatal(err)
		}
		names, size := []string(nil), 0
		for item, err := range list.All(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			name := must[*netproxy.Proxy](t)(item.Value.Call(ctx, "Name"))
			info := must[*netproxy.Proxy](t)(item.Value.Call(ctx, "Info"))
			names = append(names, name.Interface().(string))
			size += must[int64](t)(netproxy.Call[int64](ctx, info, "Size"))
			if mode := must[fs.FileMode](t)(netproxy.Call[fs.FileMode](ctx, info, "Mode")); mode != 0o600 {
				t.Errorf("mode %v", mode)
			}
		}
		if len(names) != 1000 || !slices.IsSorted(names) || size != int64(sum) {
			t.Errorf("%d names, %d bytes", len(names), size)
		}
		if trips := root.Conn().Stats().RoundTrips - before; trips > 3 {
			t.Errorf("dynamic: %d round trips", trips)
		}
	})
}

func TestSnapshotsAreLikeTheOriginal(t *testing.T) {
	dir := thousand(t, 1)
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	eachWay(t, func() any { return &Disk{dir} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for _, name := range []string{"f0000", "sub"} {
			want := stat(filepath.Join(dir, name))
			got, err := netproxy.Call[fs.FileInfo](ctx, root, "Stat", name)
			if err != nil {
				t.Fatal(err)
			}
			if got.Name() != want.Name() || got.Size() != want.Size() || got.Mode() != want.Mode() || !got.ModTime().Equal(want.ModTime()) || got.IsDir() != want.IsDir() {
				t.Errorf("%v became %v", want, got)
			}
			if s := fmt.Sprint(got); s != fs.FormatFileInfo(want) || !reflect.DeepEqual(got.Sys(), want.Sys()) {
				t.Errorf("%q, %v", s, got.Sys())
			}
			if back, err := netproxy.Call[string](ctx, root, "Name", got); back != name || err != nil {
				t.Errorf("passed back: %q, %v", back, err)
			}
			entry := fs.FileInfoToDirEntry(want) // ours, passed there
			if info, err := netproxy.Call[fs.FileInfo](ctx, root, "Entry", entry); err != nil || info.Name() != name || info.Mode() != want.Mode() {
				t.Errorf("an entry: %v, %v", info, err)
			}
		}
		entries, err := netproxy.Call[[]fs.DirEntry](ctx, root, "ReadDir")
		if err != nil || len(entries) != 2 || fmt.Sprint(entries[0], entries[1]) != "- f0000 d sub/" {
			t.Errorf("%v, %v", entries, err)
		}
		e, err := netproxy.Call[fs.DirEntry](ctx, root, "Walled")
		if err != nil || e.Type() != fs.ModeSocket {
			t.Fatal(e, err)
		}
		var path *fs.PathError
		if info, err := e.Info(); info != nil || !errors.Is(err, fs.ErrPermission) || !errors.As(err, &path) {
			t.Errorf("%v, %v", info, err)
		}
		if _, err := netproxy.Call[fs.FileInfo](ctx, root, "Stat", "none"); !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	})
}

func TestAddresses(t *testing.T) {
	eachWay(t, func() any { return &Disk{t.TempDir()} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		a, err := netproxy.Call[net.Addr](ctx, root, "Addr")
		if tcp, ok := a.(*net.TCPAddr); !ok || err != nil || tcp.String() != "10.0.0.1:7" {
			t.Errorf("%T %v, %v", a, a, err)
		}
		if a, err = netproxy.Call[net.Addr](ctx, root, "UserAddr"); err != nil || a.Network() != "rail" || a.String() != "platform 9" {
			t.Errorf("%T %v, %v", a, a, err)
		}
		for _, a := range []net.Addr{
			userAddr{"air", "gate 4"},
			&net.UnixAddr{Name: "/x", Net: "unix"},
			&net.UDPAddr{Port: 3},
			&net.IPNet{IP: net.IPv4(1, 2, 3, 4), Mask: net.CIDRMask(8, 32)},
		} {
			got, err := root.Call(ctx, "Host", a)
			if err != nil || fmt.Sprint(got) != fmt.Sprint([]any{a.Network(), a.String()}) {
				t.Errorf("%T: %v, %v", a, got, err)
			}
		}
		if s, err := netproxy.Call[string](ctx, root, "Type", &net.UnixAddr{}); s != "*net.UnixAddr" || err != nil {
			t.Error(s, err)
		}
		all, err := netproxy.Call[[]any](ctx, root, "All")
		if err != nil {
			t.Fatal(err)
		}
		m, ok := all[1].(map[string]fs.FileInfo)
		if fmt.Sprint(all[0]) != "b" || !ok || !m["x"].IsDir() {
			t.Errorf("%#v", all)
		}
	})
}

// TestWhatIsMoreThanAFileInfo stays where it is.
func TestWhatIsMoreThanAFileInfo(t *testing.T) {
	eachWay(t, func() any { return &Disk{t.TempDir()} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		x, err := root.Call(ctx, "Rich")
		if err != nil || x.Type() != "*netproxy_test.rich" {
			t.Fatalf("%v, %v", x, err)
		}
		if _, err := x.Call(ctx, "Read", []byte{0}); err != nil {
			t.Error(err)
		}
		if x, err := root.Call(ctx, "Broken"); err != nil || x.Type() != "netproxy_test.broken" {
			t.Errorf("%v, %v", x, err)
		}
		if x, err := root.Call(ctx, "Nil"); err != nil || x.Type() != "*netproxy_test.rich" {
			t.Errorf("%v, %v", x, err)
		}
		if x, err := root.Call(ctx, "UserAddr"); err != nil || x.Type() != "net.Addr" || x.String() != "platform 9" {
			t.Errorf("%v, %v", x, err)
		}
		shared := must[*netproxy.Proxy](t)(root.Call(ctx, "Type", netproxy.Share(stat(t.TempDir()))))
		if shared.Interface() == "netproxy.fileInfo" {
			t.Error("what is shared is not copied")
		}
		file, err := (fstest.MapFS{"x": &fstest.MapFile{Data: []byte("abc"), ModTime: time.Unix(9, 0)}}).Open("x")
		if err != nil {
			t.Fatal(err)
		}
		if s, err := netproxy.Call[string](ctx, root, "Type", file); strings.Contains(s, "fileInfo") || err != nil {
			t.Error(s, err)
		}
		info := must[fs.FileInfo](t)(file.Stat())
		if s, err := netproxy.Call[string](ctx, root, "Type", info); s != "netproxy.fileEntry" || err != nil {
			t.Error(s, err)
		}
		if got, err := netproxy.Call[fs.FileInfo](ctx, root, "Entry", info); err != nil || got.Size() != 3 || !got.ModTime().Equal(time.Unix(9, 0)) {
			t.Error(got, err)
		}
		if !reflect.TypeOf(info).Implements(reflect.TypeFor[fs.DirEntry]()) {
			t.Error("the test wants something that is both")
		}
	})
}
