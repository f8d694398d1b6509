package netproxy_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/slowlink"
	"github.com/rgo-project/rgo/netproxy"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Archive keeps documents that stay where they are.
type Archive struct{ all []*Document }

type Document struct {
	title string
	size  int
	Tags  []string
}

func newArchive(n int) *Archive {
	a := &Archive{}
	for i := range n {
		a.all = append(a.all, &Document{title: fmt.Sprintf("doc %d", i), size: i, Tags: []string{"a", "b", "c", "d", "e"}})
	}
	return a
}

func (a *Archive) Documents() []*Document { return a.all }
func (a *Archive) Find(i int) *Document   { return a.all[i] }
func (a *Archive) Titles() (all []string) {
	for _, d := range a.all {
		all = append(all, d.title)
	}
	return all
}
func (d *Document) Title() string        { return d.title }
func (d *Document) Size() int            { return d.size }
func (d *Document) Folder() *Archive     { return &Archive{[]*Document{d}} }
func (d *Document) Is(o *Document) bool  { return d == o }
func (d *Document) Resize(n int)         { d.size = n }
func (d *Document) Slow(t time.Duration) { time.Sleep(t) }

// far serves root at the other end of a link that takes 10 ms to and fro.
func far(t testing.TB, root any) *netproxy.Proxy {
	t.Helper()
	left, right, err := slowlink.Pair(5 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	type end struct {
		c   *conn.Conn
		err error
	}
	accepted := make(chan end, 1)
	go func() { // ends with the handshake; joined by the receive below
		c, err := conn.Accept(context.Background(), right, conn.Config{Name: "there", Bind: netproxy.Serve(root)})
		accepted <- end{c, err}
	}()
	c, err := conn.Client(context.Background(), left, conn.Config{Name: "here"})
	there := <-accepted
	if err != nil || there.err != nil {
		t.Fatal(err, there.err)
	}
	t.Cleanup(func() { shut(t, c, there.c) })
	return netproxy.Root(c)
}

// The lines of these funcs are named in the golden file.

func plainLoop(ctx context.Context, root *netproxy.Proxy) (sum int, err error) {
	list, err := root.Call(ctx, "Documents")
	if err != nil {
		return 0, err
	}
	for item, err := range list.All(ctx) {
		if err != nil {
			return 0, err
		}
		size, err := netproxy.Call[int](ctx, item.Value, "Size")
		if err != nil {
			return 0, err
		}
		sum += size
	}
	return sum, nil
}

func chainedSteps(ctx context.Context, root *netproxy.Proxy) (string, error) {
	doc, err := root.Call(ctx, "Find", 3)
	if err != nil {
		return "", err
	}
	folder, err := doc.Call(ctx, "Folder")
	if err != nil {
		return "", err
	}
	same, err := folder.Call(ctx, "Find", 0)
	if err != nil {
		return "", err
	}
	return netproxy.Call[string](ctx, same, "Title")
}

func oneByOne(ctx context.Context, root *netproxy.Proxy) error {
	tags, err := netproxy.Pipelined(ctx, root, "Find", 0).Get(ctx, "Tags")
	if err != nil {
		return err
	}
	for i := range 5 {
		if _, err := netproxy.Index[string](ctx, tags, i); err != nil {
			return err
		}
	}
	return nil
}

func together(ctx context.Context, root *netproxy.Proxy) (sum int, err error) {
	ids := make([]int, 15)
	for i := range ids {
		ids[i] = i
	}
	sizes, err := async.Each(ctx, 0, ids, func(i int) *async.Promise[int] {
		return async.Call[int](async.Of(root).Call("Find", i), "Size")
	})
	for _, size := range sizes {
		sum += size
	}
	return sum, err
}

func TestTheProfileNamesWhatPaysTooMuch(t *testing.T) {
	root := far(t, newArchive(15))
	ctx := deadline(t)
	unseen := netproxy.StartProfile(root.Conn())
	unseen.Stop()
	prof := netproxy.StartProfile(root.Conn())
	if sum, err := plainLoop(ctx, root); sum != 105 || err != nil {
		t.Fatal(sum, err)
	}
	if title, err := chainedSteps(ctx, root); title != "doc 3" || err != nil {
		t.Fatal(title, err)
	}
	if err := oneByOne(ctx, root); err != nil {
		t.Fatal(err)
	}
	if sum, err := together(ctx, root); sum != 105 || err != nil {
		t.Fatal(sum, err)
	}
	prof.Stop()
	if _, err := netproxy.Call[int](ctx, netproxy.Pipelined(ctx, root, "Find", 1), "Size"); err != nil { // nobody looks any more
		t.Fatal(err)
	}
	sites := prof.Sites()
	find := func(fn, what string) netproxy.Site {
		for _, s := range sites {
			if strings.HasSuffix(s.Func, "."+fn) && s.What == what {
				return s
			}
		}
		t.Errorf("%s of %s is not there", what, fn)
		return netproxy.Site{}
	}
	_, file, _, _ := runtime.Caller(0)
	loop := find("plainLoop", "Call Size")
	if loop.File != file || loop.Waits != 15 || loop.Trips != 15 || loop.Owed < 14*10*time.Millisecond || loop.Owed >= loop.Waited || sites[0] != loop {
		t.Errorf("the loop: %+v", loop)
	}
	if s := find("together", "Call Size"); s.Waits < 15 || s.Trips > 3 || s.Owed != 0 || s.Waited > 10*loop.Waited/15 {
		t.Errorf("all at once: %+v", s)
	}
	if s := find("chainedSteps", "Call Title"); s.Trips != 1 || s.Owed != s.Waited {
		t.Errorf("the last step: %+v", s)
	}
	var b bytes.Buffer
	if n, err := prof.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatal(n, err)
	}
	golden(t, "profile.txt", blanked(b.String()))
	b.Reset()
	if _, err := unseen.WriteTo(&b); err != nil || b.String() != "nobody waited for the other side\n" {
		t.Errorf("a profile of nothing: %v, %s", err, &b)
	}
}

// blanked takes out what is different each time: durations, what depends on the form of messages and on the lines of this file, how lines are
// wrapped, and the order of rows that owe about the same.
func blanked(s string) string {
	for _, r := range [][2]string{
		{`\n {9}`, " "},
		{` *[0-9.]+ (ns|ms|s)\b`, " # ms"},
		{` *[0-9]+ (B|kB)\b`, " # B"},
		{`_test\.go:[0-9]+`, "_test.go:#"},
		{` +owed +waited`, " owed waited"},
		{`sent +received`, "sent received"},
		{` +[0-9]+( +15 # B.*together)`, " #$1"},
		{`in [0-9]+ round trips`, "in # round trips"},
	} {
		s = regexp.MustCompile(r[0]).ReplaceAllString(s, r[1])
	}
	head, rows, _ := strings.Cut(s, "where\n")
	sorted := strings.Split(strings.ReplaceAll(rows, "\n       →", "\x00"), "\n")
	slices.Sort(sorted[:len(sorted)-1])
	return head + "where\n" + strings.ReplaceAll(strings.Join(sorted, "\n"), "\x00", "\n       →")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestAPollerOwesNothing(t *testing.T) {
	root := far(t, newArchive(1))
	ctx := deadline(t)
	prof := netproxy.StartProfile(root.Conn())
	for range 5 {
		if _, err := root.Call(ctx, "Titles"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	prof.Stop()
	for _, s := range prof.Sites() {
		if s.Owed != 0 || s.Advice != "" || s.Trips != 5 {
			t.Errorf("%+v", s)
		}
	}
}
