package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/load"
	"github.com/rgo-project/rgo/netproxy"
)

// form is one of the ways to call a method of the other side.
type form struct {
	name string
	call func(x int64) (int64, error)
}

// forms are the ways to call Seek, which is a method of the standard library's io.Seeker and has arguments, a result and an error.
func (p *peer) forms() ([]form, error) {
	seeker, err := netproxy.As[io.Seeker](p.ctx, p.root)
	if err != nil {
		return nil, err
	}
	var bound struct {
		Seek func(ctx context.Context, offset int64, whence int) (int64, error)
	}
	if err := netproxy.Bind(p.ctx, p.root, &bound); err != nil {
		return nil, err
	}
	fn, err := netproxy.Func[func(context.Context, int64, int) (int64, error)](p.ctx, p.root, "Seek")
	handle := async.Of(p.root)
	return []form{
		{"Call", func(x int64) (int64, error) { return netproxy.Call[int64](p.ctx, p.root, "Seek", x, io.SeekStart) }},
		{"As", func(x int64) (int64, error) { return seeker.Seek(x, io.SeekStart) }},
		{"Bind", func(x int64) (int64, error) { return bound.Seek(p.ctx, x, io.SeekStart) }},
		{"Func", func(x int64) (int64, error) { return fn(p.ctx, x, io.SeekStart) }},
		{"Dynamic", func(x int64) (int64, error) {
			r, err := p.root.Call(p.ctx, "Seek", x, io.SeekStart)
			if err != nil {
				return 0, err
			}
			n, ok := r.Interface().(int64)
			if !ok {
				return 0, load.ErrWrong
			}
			return n, nil
		}},
		{"Async", func(x int64) (int64, error) { return async.Call[int64](handle, "Seek", x, io.SeekStart).Await(p.ctx) }},
	}, err
}

// wrappers measures each form for its share of a slice, another one first in each slice.
func (p *peer) wrappers() (measure, error) {
	forms, err := p.forms()
	if err != nil {
		return nil, err
	}
	return func(d time.Duration) (child.Measures, error) {
		m := child.Measures{}
		for _, f := range forms {
			if err := p.form(f, d/time.Duration(len(forms)), m); err != nil {
				return nil, fmt.Errorf("%s: %w", f.name, err)
			}
		}
		forms = slices.Concat(forms[1:], forms[:1])
		return m, nil
	}, nil
}

func (p *peer) form(f form, d time.Duration, m child.Measures) error {
	there, err := netproxy.Call[uint64](p.ctx, p.root, "Mallocs")
	if err != nil {
		return err
	}
	here, _ := load.Mallocs()
	x := int64(1 << 40)
	took, err := load.Times(d, 1, 1<<20, func() error {
		x++
		got, err := f.call(x)
		if err == nil && got != x {
			err = load.ErrWrong
		}
		return err
	})
	moreHere, _ := load.Mallocs()
	moreThere, askErr := netproxy.Call[uint64](p.ctx, p.root, "Mallocs")
	if err := errors.Join(err, askErr); err != nil {
		return err
	}
	calls := float64(len(took))
	m[f.name+".p50_us"] = load.Us(load.Percentile(took, .5))
	m[f.name+".client_allocs"] = (moreHere - here) / calls
	m[f.name+".server_allocs"] = float64(moreThere-there) / calls
	return nil
}
