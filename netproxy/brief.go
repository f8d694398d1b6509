package netproxy

import (
	"context"
	"reflect"
	"unicode/utf8"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Most calls are given numbers and strings of the predeclared types. Nothing in these can be lent, shared, or wanted otherwise, so that they are written as
// they are: to the callee such a call is like all others.

// brief makes a call whose arguments are all of predeclared types, and waits for it; ok is false, and nothing has happened, where that is not so, or where
// the call is a callback of one that has been lent something.
func (p *Proxy) brief(ctx context.Context, name string, want conn.Want, args []any) (ret conn.Return, ok bool, err error) {
	if p.nested().borrowed() != nil {
		return ret, false, nil
	}
	data, ok := basicArguments(args)
	if !ok {
		return ret, false, nil
	}
	if !utf8.ValidString(name) {
		return ret, true, fail(ErrMember, "%q is no name", name)
	}
	target, err := p.target()
	if err != nil {
		return ret, true, err
	}
	ret, err = p.space.c.Call(ctx, &conn.Request{Target: target, Op: opCall, Name: name, Want: want, Body: conn.Message{Data: data}})
	return ret, true, lost(err)
}

// basicArguments are the arguments of a call as they are written, if all of them are of predeclared types.
func basicArguments(args []any) (data []byte, ok bool) {
	var room [64]byte
	buf := wire.AppendArray(room[:0], len(args))
	for _, x := range args {
		switch x := x.(type) {
		case int:
			buf = wire.AppendInt(buf, int64(x))
		case bool:
			buf = wire.AppendBool(buf, x)
		case float64:
			buf = wire.AppendFloat64(buf, x)
		case string:
			if !utf8.ValidString(x) {
				return nil, false
			}
			buf = wire.AppendText(buf, x)
		case int64:
			buf = wire.AppendInt(append(buf, headOf(reflect.Int64)...), x)
		case int32:
			buf = wire.AppendInt(append(buf, headOf(reflect.Int32)...), int64(x))
		case uint:
			buf = wire.AppendUint(append(buf, headOf(reflect.Uint)...), uint64(x))
		case uint32:
			buf = wire.AppendUint(append(buf, headOf(reflect.Uint32)...), uint64(x))
		case uint64:
			buf = wire.AppendUint(append(buf, headOf(reflect.Uint64)...), x)
		default:
			return nil, false
		}
	}
	return append(data, buf...), true
}

// headOf is what stands in front of a value of a predeclared type that is not natural.
func headOf(k reflect.Kind) string { return predeclared[k].head }

// basicResult stores the one result of a call in what at points to, if both are of the same predeclared type; ok is false where that is not so.
func basicResult(ret conn.Return, at any) (ok bool) {
	if ret.Failed {
		return false
	}
	r := wire.NewReader(ret.Body.Data)
	n, err := r.Array()
	return err == nil && n == 1 && readBasic(&r, at)
}

// readBasic stores the next value in what at points to, if both are of the same predeclared type; ok is false where that is not so.
func readBasic(r *wire.Reader, at any) (ok bool) {
	var err error
	switch at := at.(type) {
	case *int:
		var n int64
		n, err = r.Int()
		*at = int(n)
		if int64(*at) != n {
			return false
		}
	case *int64:
		r.Past(headOf(reflect.Int64))
		*at, err = r.Int()
	case *uint64:
		r.Past(headOf(reflect.Uint64))
		*at, err = r.Uint()
	case *bool:
		*at, err = r.Bool()
	case *float64:
		*at, err = r.Float()
	case *string:
		*at, err = r.Text()
	default:
		return false
	}
	return err == nil
}
