package netproxy

import (
	"context"
	"io"
	"reflect"
	"runtime/debug"

	"github.com/rgo-project/rgo/conn"
)

// spliced says whether an operation on an object of a third peer is not handed on as it is, since it works on a stream of this connection.
func spliced(op conn.Op) bool { return op == opPour || op == opDrain }

// flows says whether an operation is one of flow.
func flows(op conn.Op) bool { return op >= opFill && op <= opStop || op == opAll || op == opNext }

// flow carries out the operations of bulk data, of channels and of sequences on an object of this process.
func (s *Space) flow(ctx context.Context, o *object, op conn.Op, name string, args arguments) ([]reflect.Value, error) {
	if f, _ := facetOf(o); f != nil && op != opFill && op != opPour && op != opDrain {
		return dispatch(ctx, o, op, name, args) // which says what is granted
	}
	switch op {
	case opFill:
		return s.fill(ctx, o, name, args)
	case opPour, opDrain:
		n, err := s.bulk(ctx, o, op, args)
		if n < 0 {
			return nil, err
		}
		return []reflect.Value{reflect.ValueOf(n)}, err
	case opReceive:
		return s.receiveMany(ctx, o, args)
	case opPost:
		return s.postMany(ctx, o, args)
	case opAll:
		return s.firstPage(ctx, o, args)
	case opNext:
		return s.nextPage(ctx, o, args)
	case opStop:
		return s.stopPages(ctx, o)
	}
	return nil, fail(ErrUnsupported, "there is no operation %d", op)
}

// Bounds of the buffers of Read: of one, and of all that are in use. Beyond the latter buffers are small.
const (
	fillMost  = 1 << 20
	fillAll   = 64 << 20
	fillSmall = 4 << 10
)

// fill calls a method that fills a buffer. The first argument is the size of that; instead of the number of bytes, the bytes are the first result.
func (s *Space) fill(ctx context.Context, o *object, name string, args arguments) ([]reflect.Value, error) {
	m, err := member(o, name)
	if err != nil {
		return nil, err
	}
	m = open(m)
	if !m.IsValid() || m.Kind() != reflect.Func || !fills(m.Type()) {
		return nil, fail(ErrArgument, "%s fills no buffer", name)
	}
	if args.len() != m.Type().NumIn() {
		return nil, fail(ErrArgument, "%s takes %s, not %d", name, plural(m.Type().NumIn(), "argument"), args.len())
	}
	size, err := args.next(planOf(reflect.TypeFor[uint32]()))
	if err != nil {
		return nil, within(err, "the size of the buffer")
	}
	n := min(int64(size.Uint()), fillMost)
	if s.filling.Add(n) > fillAll {
		s.filling.Add(-n)
		n = min(n, fillSmall)
		s.filling.Add(n)
	}
	defer s.filling.Add(-n)
	buf := make([]byte, n)
	in := []reflect.Value{reflect.ValueOf(buf)}
	for i := 1; i < m.Type().NumIn(); i++ {
		x, err := args.next(planOf(m.Type().In(i)))
		if err != nil {
			return nil, within(err, "argument %d of %s", i+1, name)
		}
		in = append(in, x)
	}
	out := m.Call(in)
	last := len(out) - 1
	failed, _ := out[last].Interface().(error)
	got := out[0].Int()
	if got < 0 || got > n {
		return nil, fail(ErrUnsupported, "%s of a %s says that it has put %d bytes into a buffer of %d", name, open(o.value()).Type(), got, n)
	}
	out[0] = reflect.ValueOf(buf[:got])
	return out[:last], failed
}

// fills says whether a func of type t fills the buffer that is its first argument, and nothing else: func(buf []byte, …) (n int, …, err error).
func fills(t reflect.Type) bool {
	if t.NumIn() == 0 || t.NumOut() < 2 || t.IsVariadic() || t.In(0) != bytesType || t.Out(0) != intType || t.Out(t.NumOut()-1) != errorType {
		return false
	}
	for i := 1; i < t.NumIn(); i++ {
		switch t.In(i).Kind() {
		case reflect.Slice, reflect.Pointer, reflect.Map, reflect.Interface:
			return false
		}
	}
	return true
}

var (
	bytesType = reflect.TypeFor[[]byte]()
	intType   = reflect.TypeFor[int]()
)

// bulk reads an object into a stream or from a stream into an object; instead of the stream there may be another object. n < 0 says that it has
// not come to that.
func (s *Space) bulk(ctx context.Context, o *object, op conn.Op, args arguments) (n int64, err error) {
	if err := count(op, args, 1); err != nil {
		return -1, err
	}
	end, err := args.next(planOf(anyType))
	if err != nil {
		return -1, err
	}
	var r io.Reader
	var w io.Writer
	if op == opPour {
		r, err = readerOf(o)
	} else {
		w, err = writerOf(o)
	}
	if err != nil {
		return -1, err
	}
	end = open(end)
	if !end.IsValid() || end.Kind() != reflect.Int {
		if op == opPour {
			w, err = writerOf(&object{v: end})
		} else {
			r, err = readerOf(&object{v: end})
		}
		if err != nil {
			return -1, err
		}
		return copyAll(w, r)
	}
	if id := end.Int(); id != int64(uint32(id)) {
		return -1, fail(ErrMalformed, "%d is no stream", id)
	}
	st, err := s.c.AcceptStream(ctx, uint32(end.Int()))
	if err != nil {
		return -1, err
	}
	stop := context.AfterFunc(ctx, func() { _ = st.Close() }) // who has given up does not hear its error
	defer stop()
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{Value: p, Stack: string(debug.Stack())}
		}
	}()
	if op == opPour {
		return pour(st, r)
	}
	return drain(w, st)
}

// pour writes what r has to read to a stream.
func pour(st *conn.Stream, r io.Reader) (n int64, err error) {
	whole := false
	defer func() { // also where r panics
		if whole {
			st.Retire()
			return
		}
		_ = st.Close() // err is better
	}()
	w := counted{st: st}
	defer func() { n = w.n }()
	if _, err := copyAll(&w, r); err != nil {
		return 0, err
	}
	whole = true
	return 0, nil
}

// counted counts what is written to a stream.
type counted struct {
	st *conn.Stream
	n  int64
}

// Write implements io.Writer.
func (w *counted) Write(p []byte) (int, error) {
	n, err := w.st.Write(p)
	w.n += int64(n)
	return n, err
}

// drain writes to w what comes on a stream.
func drain(w io.Writer, st *conn.Stream) (int64, error) {
	r := &unframed{from: st}
	n, err := copyAll(w, r)
	if err == nil && r.over == io.EOF { //nolint:errorlint // its own
		st.Retire()
	} else {
		_ = st.Close() // err is better
	}
	return n, err
}

// reader and writer are the methods of an object as far as the peer may use them.
type (
	reader   func([]byte) (int, error)
	writer   func([]byte) (int, error)
	pourer   func(io.Writer) (int64, error)
	drainer  func(io.Reader) (int64, error)
	readerTo struct {
		reader
		pourer
	}
	writerFrom struct {
		writer
		drainer
	}
)

func (f reader) Read(p []byte) (int, error)           { return f(p) }
func (f writer) Write(p []byte) (int, error)          { return f(p) }
func (f pourer) WriteTo(w io.Writer) (int64, error)   { return f(w) }
func (f drainer) ReadFrom(r io.Reader) (int64, error) { return f(r) }

// readerOf finds what there is to read of an object.
func readerOf(o *object) (io.Reader, error) {
	if p, ok := o.proxy(); ok && p.far() {
		return end{p}, nil
	}
	read, err := methodAs[func([]byte) (int, error)](o, "Read")
	if err != nil {
		if to, err := methodAs[func(io.Writer) (int64, error)](o, "WriteTo"); err == nil {
			return readerTo{nil, to}, nil
		}
		return nil, err
	}
	if f, _ := facetOf(o); f != nil {
		return reader(guarded(o, read)), nil
	}
	if to, err := methodAs[func(io.Writer) (int64, error)](o, "WriteTo"); err == nil && !isFile(underneath(o)) {
		return readerTo{read, to}, nil
	}
	return reader(read), nil
}

// writerOf finds where an object is written to.
func writerOf(o *object) (io.Writer, error) {
	if p, ok := o.proxy(); ok && p.far() {
		return end{p}, nil
	}
	write, err := methodAs[func([]byte) (int, error)](o, "Write")
	if err != nil {
		if from, err := methodAs[func(io.Reader) (int64, error)](o, "ReadFrom"); err == nil {
			return writerFrom{nil, from}, nil
		}
		return nil, err
	}
	if f, _ := facetOf(o); f != nil {
		return writer(guarded(o, write)), nil
	}
	if from, err := methodAs[func(io.Reader) (int64, error)](o, "ReadFrom"); err == nil && !isFile(underneath(o)) {
		return writerFrom{write, from}, nil
	}
	return writer(write), nil
}

func underneath(o *object) any {
	if v := open(o.value()); v.IsValid() && v.CanInterface() {
		return v.Interface()
	}
	return nil
}

// methodAs finds a member that is a func of type F.
func methodAs[F any](o *object, name string) (F, error) {
	var none F
	m, err := member(o, name)
	if err != nil {
		return none, err
	}
	if m = open(m); m.IsValid() && m.CanInterface() && m.CanConvert(reflect.TypeFor[F]()) {
		if f, ok := m.Convert(reflect.TypeFor[F]()).Interface().(F); ok && !m.IsNil() {
			return f, nil
		}
	}
	return none, fail(ErrUnsupported, "%s of a %s is no %T", name, open(o.value()).Type(), none)
}
