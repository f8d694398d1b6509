package netproxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/babble"
	"github.com/rgo-project/rgo/internal/wire"
)

// Market is served to a peer that babbles: it has methods and fields of every kind.
type Market struct {
	Name   string
	Prices map[string]int
	List   []int
	Next   *Market
	C      chan int
	F      func(int) int
	Any    any
}

func newMarket() *Market {
	m := &Market{Name: "m", Prices: map[string]int{"a": 1}, List: []int{3, 1, 2}, C: make(chan int, 2), F: func(n int) int { return n + 1 }}
	m.Next, m.Any = m, m
	return m
}

func (m *Market) Sum(all ...int) (n int) {
	for _, x := range all {
		n += x
	}
	return n
}
func (m *Market) Self() *Market                  { return m }
func (m *Market) Echo(x any) any                 { return x }
func (m *Market) Map(f func(int) int, n int) int { return f(n) }
func (m *Market) Sort(s sort.Interface) int      { sort.Sort(s); return s.Len() }
func (m *Market) Order(xs []int)                 { sort.Ints(xs) }
func (m *Market) Fill(to map[string]int)         { to["x"]++ }
func (m *Market) Set(p *int)                     { *p++ }
func (m *Market) Hold(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }
func (m *Market) Read(p []byte) (int, error)     { return min(len(p), 7), nil }
func (m *Market) Write(p []byte) (int, error)    { return len(p), nil }
func (m *Market) Take(r io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, 64))
	return string(b), err
}

func (m *Market) Pairs() iter.Seq2[int, string] {
	return func(y func(int, string) bool) { _ = y(1, "a") && y(2, "b") }
}

func (m *Market) Each(s iter.Seq[int]) (n int) {
	for x := range s {
		if n += x; n > 10 {
			break
		}
	}
	return n
}
func (m *Market) Fail(err error) error           { return fmt.Errorf("failed: %w", err) }
func (m *Market) Panic(x any)                    { panic(x) }
func (m *Market) Data() (map[string][]int, *int) { return map[string][]int{"a": {1}}, new(int) }
func (m *Market) Compare(a, b any) (string, bool) {
	return fmt.Sprintf("%v %v", a, b), reflect.DeepEqual(a, b)
}

// argumentsOf writes the body of a call.
func argumentsOf(t testing.TB, all ...any) []byte {
	e := encoder{out: loopback{}, deep: true, buf: wire.AppendArray(nil, len(all))}
	for _, x := range all {
		if err := e.dynamic(reflect.ValueOf(x)); err != nil {
			t.Fatal(err)
		}
	}
	return e.buf
}

// FuzzConversations: whatever a peer says to an object space, in whatever order, whole or damaged, nothing of it is left.
func FuzzConversations(f *testing.F) {
	words := &babble.Vocabulary{
		Names: []string{
			"", "Sum", "Self", "Echo", "Map", "Sort", "Order", "Fill", "Set", "Hold", "Read", "Write", "Take", "Pairs", "Each", "Fail", "Panic", "Data", "Compare",
			"Name", "Prices", "List", "Next", "C", "F", "Any", "a",
		},
		Ops: 60,
	}
	for _, all := range [][]any{
		{},
		{1},
		{1, 2, 3},
		{"a"},
		{"a", 5},
		{func(int) int { return 1 }, 1},
		{newMarket()},
		{[]int{2, 1}},
		{map[string]int{"a": 1}},
		{new(int)},
		{io.EOF},
		{[]byte("abc")},
		{&PanicError{Value: 1}},
		{sample()},
		{1, 4},
		{0, 1, 2, 3},
		{errors.Join(io.EOF, errors.New("x"))},
		{[]any{1, "x"}, map[any]any{1: 2}},
		{make(chan int)},
		{time.Second},
	} {
		words.Bodies = append(words.Bodies, argumentsOf(f, all...))
	}
	for _, x := range []any{[]int{2, 1}, map[string]int{"a": 1}, new(int), loanedSample()} {
		_, buf := lendAll(f, x)
		head := wire.AppendNil(wire.AppendUint(wire.AppendArray(wire.AppendArray(nil, 2), 2), 7))
		words.Bodies = append(words.Bodies, append(head, buf...))
	}
	for op := range byte(60) {
		f.Add([]byte{0, 0, 4, op, op % 27, 0, 0, 0, 0, 1, 1, 0, 1, 2, op % 24, 0, 0, 3, op, 0, 1, 1, 0, 0, 0, 0, 2, op % 20})
	}
	for name := range byte(27) {
		f.Add([]byte{0, 0, 4, 3, name, 1, 0, 0, 0, 1, 1, 0, 1, 2, name % 24, 5, 0, 0, 0, 2, 1})
	}
	quiet := slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, data []byte) {
		near, far, err := babble.Link()
		if err != nil {
			t.Fatal(err)
		}
		goroutines := runtime.NumGoroutine()
		accepted := make(chan *conn.Conn, 1)
		go func() {
			c, err := conn.Accept(context.Background(), far, conn.Config{Bind: Serve(newMarket()), Logger: quiet, Limits: conn.Limits{
				MaxCalls: 6, MaxNested: 8, MaxDepth: 4, MaxResults: 8, MaxExports: 16, MaxImports: 16, MaxStreams: 2, MaxBulk: 1 << 12,
			}})
			if err != nil {
				t.Error(err)
			}
			accepted <- c
		}()
		used := cost(func() {
			if _, err := babble.Tell(near, words.Speak(data)); err != nil {
				t.Error(err)
			}
		})
		served := <-accepted
		if served == nil {
			return
		}
		err = served.Wait()
		var broke *conn.ProtocolError
		if err != nil && !errors.As(err, &broke) && !strings.Contains(err.Error(), "lost") && !strings.Contains(err.Error(), "ended by") {
			t.Errorf("an end of no kind: %v", err)
		}
		if st := served.Stats(); st.PendingOut+st.PendingIn+st.Results+st.Exports+st.Imports+st.Held+st.HeldThere+st.Streams != 0 {
			t.Errorf("left over: %+v", st)
		}
		if used > 64<<20 {
			t.Errorf("%d bytes made it allocate %d", len(data), used)
		}
		_ = near.Close()                                                                                                  // it has been read to its end
		for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > goroutines+1; time.Sleep(time.Millisecond) { // one may be a timer's
			if time.Now().After(end) {
				buf := make([]byte, 1<<20)
				t.Fatalf("goroutines are left:\n%s", buf[:runtime.Stack(buf, true)])
			}
		}
	})
}
