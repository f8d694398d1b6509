package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// The types of a caller, of which the callee knows nothing.
type (
	empty     struct{}
	pointer   struct{ Told int }
	phrases   []string
	lengthier []string
)

func (empty) Say(s string) string { return "empty " + s }

func (p *pointer) Say(s string) string {
	p.Told++
	return fmt.Sprint("pointer ", s, p.Told)
}

func (p phrases) Say(s string) string { return p[0] + s }

func (l lengthier) Len() int           { return len(l) }
func (l lengthier) Less(i, j int) bool { return len(l[i]) < len(l[j]) }
func (l lengthier) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

type sayer interface{ Say(s string) string }

// hall has methods that want something for its methods.
type hall struct{ ran int }

func (h *hall) Hear(s sayer) string {
	h.ran++
	return s.Say("x")
}

func (h *hall) All(all ...sayer) string {
	var said []string
	for _, s := range all {
		said = append(said, s.Say("y"))
	}
	return strings.Join(said, ", ")
}

func (h *hall) Sort(x sort.Interface) { sort.Sort(x) }

func (h *hall) Fail(s sayer) error {
	h.ran++
	return errors.New(s.Say("no"))
}

// What is given for its methods works, whatever it is: the callee has it by reference, since its copy would have no methods there.
func TestValuesForTheirMethods(t *testing.T) {
	h := &hall{}
	eachWay(t, func() any { return h }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		told := &pointer{}
		for _, c := range []struct {
			given any
			want  string
		}{{empty{}, "empty x"}, {&empty{}, "empty x"}, {told, "pointer x1"}, {pointer{}, "pointer x1"}, {phrases{"hm "}, "hm x"}, {&phrases{"so "}, "so x"}} {
			told.Told, h.ran = 0, 0
			got, err := netproxy.Call[string](ctx, root, "Hear", c.given)
			if err != nil || got != c.want || h.ran != 1 {
				t.Errorf("typed, %T: %q, %v, run %d times", c.given, got, err, h.ran)
			}
			told.Told, h.ran = 0, 0
			p, err := root.Call(ctx, "Hear", c.given)
			if err != nil || p.Interface() != c.want || h.ran != 1 {
				t.Errorf("dynamic, %T: %v, %v, run %d times", c.given, p, err, h.ran)
			}
		}
		got, err := netproxy.Call[string](ctx, root, "All", empty{}, phrases{"a "}, told)
		if want := "empty y, a y, pointer y1"; err != nil || got != want {
			t.Errorf("%q, %v", got, err)
		}
		list := lengthier{"ccc", "a", "bb"}
		if _, err := netproxy.Call[struct{}](ctx, root, "Sort", list); err != nil || strings.Join(list, " ") != "a bb ccc" {
			t.Errorf("sorted: %v, %v", list, err)
		}
	})
}

// A callee that fails is not called again, and what has no such methods is refused as ever.
func TestValuesWithoutTheMethods(t *testing.T) {
	h := &hall{}
	eachWay(t, func() any { return h }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		h.ran = 0
		if _, err := netproxy.Call[struct{}](ctx, root, "Fail", empty{}); err == nil || err.Error() != "empty no" || h.ran != 1 {
			t.Errorf("%v, run %d times", err, h.ran)
		}
		h.ran = 0
		for _, x := range []any{5, "text", []int{1}, struct{ A int }{1}, hall{}} {
			if _, err := netproxy.Call[string](ctx, root, "Hear", x); !errors.Is(err, netproxy.ErrArgument) || h.ran != 0 {
				t.Errorf("typed, %T: %v", x, err)
			}
			if _, err := root.Call(ctx, "Hear", x); !errors.Is(err, netproxy.ErrArgument) || h.ran != 0 {
				t.Errorf("dynamic, %T: %v", x, err)
			}
		}
	})
}

// A question about an object that has come as a result is not waited for longer than the call may take.
func TestAQuestionEndsWithTheCall(t *testing.T) {
	asked := make(chan struct{})
	left, right := conn.Pipe(conn.Config{Name: "here"}, conn.Config{Name: "there", Bind: func(c *conn.Conn) conn.Handler {
		serving := netproxy.Serve(&depot{})(c)
		return conn.HandlerFunc(func(ctx context.Context, in *conn.Inbound) conn.Reply {
			if in.Op == 40 { // what an object's methods are
				close(asked)
				<-ctx.Done()
			}
			return serving.Serve(ctx, in)
		})
	}})
	defer shut(t, left, right)
	ctx, cancel := context.WithCancel(deadline(t))
	go func() {
		<-asked
		cancel()
	}()
	_, err := netproxy.Call[sayer](ctx, netproxy.Root(left), "Sayer")
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// depot hands out a sayer by reference.
type depot struct{ hidden pointer }

func (d *depot) Sayer() *pointer { return &d.hidden }
