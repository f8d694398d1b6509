package netproxy

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Stall has what could be asked for without end.
type Stall struct{}

func (*Stall) Numbers() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	}
}
func (*Stall) News() <-chan int           { return make(chan int) }
func (*Stall) Many(xs [][]int) int        { return len(xs) }
func (*Stall) Text() string               { return strings.Repeat("x", 1<<20) }
func (*Stall) Read(p []byte) (int, error) { return len(p), nil }
func (*Stall) Deep(x any) any             { return x }

func stall(t *testing.T) (context.Context, *Proxy) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	left, right := conn.Pipe(conn.Config{Logger: log}, conn.Config{Logger: log, Bind: Serve(new(Stall))})
	t.Cleanup(func() {
		_ = left.Close() // it fails never
		if err := errors.Join(left.Wait(), right.Wait()); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx, Root(left)
}

// Each iteration is a goroutine of the one who produces.
func TestIterationsAreBounded(t *testing.T) {
	ctx, root := stall(t)
	var kept []conn.Return
	all := wire.AppendUint(wire.AppendUint(wire.AppendUint(wire.AppendUint(wire.AppendArray(nil, 4), 1), 0), 0), 0)
	numbers, err := Root(root.Conn()).Call(ctx, "Numbers")
	if err != nil {
		t.Fatal(err)
	}
	target, err := numbers.target()
	if err != nil {
		t.Fatal(err)
	}
	for range maxCursors + 1 {
		ret, err := root.Conn().Call(ctx, &conn.Request{Target: target, Op: opAll, Body: conn.Message{Data: append([]byte(nil), all...)}})
		if err != nil {
			t.Fatal(err)
		}
		if kept = append(kept, ret); ret.Failed {
			break
		}
	}
	if n := len(kept) - 1; n != maxCursors || !strings.Contains(string(kept[n].Body.Data), "4096 iterations are under way") {
		t.Errorf("after %d iterations: %s", n, kept[n].Body.Data)
	}
	for _, ret := range kept { // honest again
		for _, ref := range ret.Body.Refs {
			ref.(*conn.Ref).Release()
		}
	}
	for again := true; again; { // they end soon
		ret, err := root.Conn().Call(ctx, &conn.Request{Target: target, Op: opAll, Body: conn.Message{Data: append([]byte(nil), all...)}})
		if err != nil {
			t.Fatal(err)
		}
		again = ret.Failed
	}
}

// A channel of the other side is goroutines and a buffer here.
func TestChannelsAreBounded(t *testing.T) {
	ctx, root := stall(t)
	var kept []<-chan int
	for range maxBridges {
		c, err := Call[<-chan int](ctx, root, "News")
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, c)
	}
	if _, err := Call[<-chan int](ctx, root, "News"); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "4096 channels of") || !strings.Contains(err.Error(), "take a *netproxy.Proxy") {
		t.Errorf("after %d channels: %v", len(kept), err)
	}
	if p, err := root.Call(ctx, "News"); err != nil || p == nil {
		t.Errorf("as a Proxy: %v", err)
	}
}

// What is lent is compared, region by region.
func TestLoansAreBounded(t *testing.T) {
	ctx, root := stall(t)
	xs := make([][]int, maxRegions+1)
	for i := range xs {
		xs[i] = []int{i}
	}
	if _, err := Call[int](ctx, root, "Many", xs); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "more than 262144 slices, maps and pointers in one call: share them (netproxy.Share), or copy them (netproxy.Copy)") {
		t.Error(err)
	}
	if n, err := Call[int](ctx, root, "Many", Copy(xs[:1000])); n != 1000 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// What is asked for in words or in bytes is as long as that makes sense.
func TestAnswersAreBounded(t *testing.T) {
	ctx, root := stall(t)
	ask := func(op conn.Op, name string, args ...uint64) conn.Return {
		body := wire.AppendArray(nil, len(args))
		for _, n := range args {
			body = wire.AppendUint(body, n)
		}
		ret, err := root.Conn().Call(ctx, &conn.Request{Op: op, Name: name, Body: conn.Message{Data: body}})
		if err != nil {
			t.Fatal(err)
		}
		return ret
	}
	if ret := ask(opFill, "Read", 1<<31); ret.Failed || len(ret.Body.Data) > fillMost+100 {
		t.Errorf("%d bytes, failed: %v %.200s", len(ret.Body.Data), ret.Failed, ret.Body.Data)
	}
	v, err := root.Call(ctx, "Text")
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprint(v); len(s) > 2*maxDisplay && v.Interface() == nil {
		t.Errorf("%d bytes to look at", len(s))
	}
	var deep any
	for range maxDepth + 10 {
		deep = []any{deep}
	}
	if _, err := root.Call(ctx, "Deep", deep); err == nil || !strings.Contains(err.Error(), "nested") {
		t.Errorf("nested too deep: %v", err)
	}
}

// What a peer tells of a type, and what it is told of errors, is not kept without end.
func TestMemoriesAreBounded(t *testing.T) {
	_, root := stall(t)
	s := root.space
	tell := func(lines string) conn.Return {
		return conn.Return{Body: conn.Message{Data: wire.AppendText(wire.AppendText(wire.AppendArray(nil, 2), "x.T"), lines)}}
	}
	if _, err := s.described(tell(strings.Repeat("M func()\n", maxDescription/8)), descriptionKey{}); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
	for i := range 2 * maxDescribed {
		s.keepDescription(descriptionKey{typ: "x.T", digest: uint64(i + 1)}, &description{})
	}
	if n := len(s.descriptions); n != maxDescribed {
		t.Errorf("%d descriptions are kept", n)
	}
	for i := range 2 * maxMadeTypes {
		_, _ = s.typeNamed(fmt.Sprintf("nowhere.T%d", i))
	}
	if n := len(s.types); n > maxMadeTypes {
		t.Errorf("%d names are kept", n)
	}
	for i := range 2 * errorsKept {
		s.remember(fmt.Errorf("error %d", i))
	}
	if n := len(s.sent.ring); n != errorsKept {
		t.Errorf("%d errors are kept", n)
	}
	many := make([]error, 2*maxErrors)
	for i := range many {
		many[i] = fmt.Errorf("error %d", i)
	}
	if got, err := across(errors.Join(many...), errorType, false); err != nil || !strings.Contains(got.(error).Error(), "error 1") {
		t.Errorf("%v, %v", got, err)
	}
	e := encoder{out: loopback{}}
	if err := e.err(errors.New(strings.Repeat("x", 10*maxErrorText))); err != nil || len(e.buf) > 2*maxErrorText {
		t.Errorf("%d bytes of an error, %v", len(e.buf), err)
	}
}
