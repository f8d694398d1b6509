package netproxy

import (
	"io"
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// native is a method of a remote object that is carried out in a better way than by calling it as it is: with buffers that do not cross only to be filled, and
// on streams.
type native struct {
	name string
	typ  reflect.Type // without a receiver
	body func(p *Proxy, args []reflect.Value) []reflect.Value
}

// nativeMethods returns the natives among the methods of an object, by names and types, and those that it gains: WriteTo if it has Read, ReadFrom
// if it has Write.
func nativeMethods(methods map[string]reflect.Type) []native {
	var all []native
	for name, t := range methods {
		switch {
		case strings.HasPrefix(name, "Read") && fills(t):
			all = append(all, native{name, t, filler(name, t)})
		case name == "Write" && t == writeType:
			all = append(all, native{name, t, bytesInOut((*Proxy).write)})
		}
	}
	if to := methods["WriteTo"]; to == writeToType || to == nil && methods["Read"] == readType {
		all = append(all, native{"WriteTo", writeToType, func(p *Proxy, args []reflect.Value) []reflect.Value {
			w, _ := args[0].Interface().(io.Writer)
			return outcome(p.writeTo(w))
		}})
	}
	if from := methods["ReadFrom"]; from == readFromType || from == nil && methods["Write"] == writeType {
		all = append(all, native{"ReadFrom", readFromType, func(p *Proxy, args []reflect.Value) []reflect.Value {
			r, _ := args[0].Interface().(io.Reader)
			return outcome(p.readFrom(r))
		}})
	}
	return all
}

var (
	readType     = reflect.TypeFor[func([]byte) (int, error)]()
	writeType    = readType
	writeToType  = reflect.TypeFor[func(io.Writer) (int64, error)]()
	readFromType = reflect.TypeFor[func(io.Reader) (int64, error)]()
)

func outcome[N int | int64](n N, err error) []reflect.Value {
	failed := reflect.New(errorType).Elem()
	if err != nil {
		failed.Set(reflect.ValueOf(err))
	}
	return []reflect.Value{reflect.ValueOf(n), failed}
}

func bytesInOut(f func(p *Proxy, b []byte) (int, error)) func(*Proxy, []reflect.Value) []reflect.Value {
	return func(p *Proxy, args []reflect.Value) []reflect.Value { return outcome(f(p, args[0].Bytes())) }
}

// filler is the body of a method that fills a buffer.
func filler(name string, t reflect.Type) func(*Proxy, []reflect.Value) []reflect.Value {
	if name == "Read" && t == readType {
		return bytesInOut((*Proxy).read)
	}
	if name == "ReadAt" && t == reflect.TypeFor[func([]byte, int64) (int, error)]() {
		return func(p *Proxy, args []reflect.Value) []reflect.Value {
			return outcome(p.readAt(args[0].Bytes(), args[1].Int()))
		}
	}
	return func(p *Proxy, args []reflect.Value) []reflect.Value {
		results := make([]reflect.Value, t.NumOut())
		for i := range results {
			results[i] = reflect.New(t.Out(i)).Elem()
		}
		last := len(results) - 1
		n, err := p.fill(name, args[0].Bytes(), args[1:], results[1:last])
		results[0] = reflect.ValueOf(n)
		if err != nil {
			results[last].Set(reflect.ValueOf(err))
		}
		return results
	}
}

// end is an object of the other side that has Read or Write, or both, as far as it is needed.
type end struct{ p *Proxy }

// Read implements io.Reader.
func (e end) Read(b []byte) (int, error) { return e.p.read(b) }

// Write implements io.Writer.
func (e end) Write(b []byte) (int, error) { return e.p.write(b) }

// WriteTo implements io.WriterTo.
func (e end) WriteTo(w io.Writer) (int64, error) { return e.p.writeTo(w) }

// ReadFrom implements io.ReaderFrom.
func (e end) ReadFrom(r io.Reader) (int64, error) { return e.p.readFrom(r) }

func (p *Proxy) read(b []byte) (int, error) { return p.fill("Read", b, nil, nil) }

// readAt reads all that is asked for, as ReadAt must.
func (p *Proxy) readAt(b []byte, off int64) (n int, err error) {
	for {
		got, err := p.fill("ReadAt", b[n:], []reflect.Value{reflect.ValueOf(off + int64(n))}, nil)
		n += got
		if err != nil || n == len(b) || got == 0 {
			return n, err
		}
	}
}

// fill calls a method that fills a buffer. Only the size of the buffer goes there.
func (p *Proxy) fill(name string, b []byte, args, results []reflect.Value) (int, error) {
	ret, err := p.invoke(opFill, name, wantsOf(typesOf(append([]reflect.Value{reflect.ValueOf(b)}, results...))), func(e *encoder) error {
		e.buf = wire.AppendUint(wire.AppendArray(e.buf, 1+len(args)), uint64(min(len(b), fillMost)))
		for i, x := range args {
			if err := e.dynamic(x); err != nil {
				return within(err, "argument %d of %s", i+2, name)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	d, n, failed := p.space.returned(ret)
	if failed != nil && n == 0 {
		return 0, failed
	}
	if n != 1+len(results) {
		return 0, fail(ErrMalformed, "%s for %s", plural(n, "result"), name)
	}
	got, err := d.r.Bytes()
	if err != nil || len(got) > len(b) {
		return 0, fail(ErrMalformed, "what %s has read: %d bytes, %v", name, len(got), err)
	}
	for i := range results {
		if err := d.value(results[i]); err != nil {
			return 0, within(err, "result %d of %s", i+2, name)
		}
	}
	return copy(b, got), failed
}

// writeMost is how much is written with one call of Write over there.
const writeMost = 16 << 20

func (p *Proxy) write(b []byte) (n int, err error) {
	for {
		some := b[n:min(len(b), n+writeMost)]
		wrote, err := p.writeSome(some)
		if n += wrote; err != nil || wrote != len(some) || n == len(b) {
			return n, err
		}
	}
}

func (p *Proxy) writeSome(b []byte) (n int, err error) {
	ret, err := p.invoke(opCall, "Write", wantAuto, func(e *encoder) error {
		e.buf = wire.AppendArray(e.buf, 1)
		e.bytes(b)
		return nil
	})
	if err != nil {
		return 0, err
	}
	d, results, failed := p.space.returned(ret)
	if results == 1 {
		if err := d.value(reflect.ValueOf(&n).Elem()); err != nil {
			return 0, within(err, "the result of Write")
		}
	}
	if n < 0 || n > len(b) {
		return 0, fail(ErrMalformed, "%d of %d bytes written", n, len(b))
	}
	if failed == nil && n < len(b) {
		failed = io.ErrShortWrite
	}
	return n, failed
}

// invoke makes a call whose arguments encode writes.
func (p *Proxy) invoke(op conn.Op, name string, want conn.Want, encode func(*encoder) error) (conn.Return, error) {
	if p.broken != nil {
		return conn.Return{}, p.broken
	}
	target, err := p.target()
	if err != nil {
		return conn.Return{}, err
	}
	e := encoder{out: p.space, large: largeAsTheyLie}
	if err := encode(&e); err != nil {
		return conn.Return{}, err
	}
	ret, err := p.space.c.Call(p.nested().context(), &conn.Request{
		Target: target, Op: op, Name: name, Want: want, Body: e.body(),
	})
	return ret, lost(err)
}

// proxyMade returns the proxy that x was made of, if it stands for an object of another peer.
func proxyMade(x any) (*Proxy, bool) {
	if e, ok := x.(end); ok {
		return e.p, true
	}
	p, ok := ProxyOf(x)
	return p, ok && p.space != nil
}
