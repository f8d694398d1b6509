package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Bounds of a page: elements, and about how many bytes are in them.
const (
	pageItems = 1000
	dataItems = 1024 // of data; those of a thousand elements fit into one, with their end
	pageBytes = 256 << 10
)

// page is a reply that is written value by value, as these come to be: what is done to them afterwards does not change it any more.
type page struct {
	e encoder
	n int // values
}

func (s *Space) newPage() *page { return &page{e: encoder{out: s}} }

// add writes a value. Pointers are the same within it, not in the whole page: what they point to may have changed since.
func (p *page) add(v reflect.Value, how conn.Want) error {
	return p.write(func() error { return p.e.result(v, how) })
}

// argument writes a value as arguments are.
func (p *page) argument(v reflect.Value) error {
	p.e.deep = false
	return p.write(func() error { return p.e.dynamic(v) })
}

func (p *page) write(value func() error) error {
	p.e.shared = sharedOut{}
	back := p.e.mark()
	if err := value(); err != nil {
		back() // as if it had never been
		return err
	}
	p.n++
	return nil
}

// pageReader reads the values of a page.
type pageReader struct {
	d    *decoder
	left int
}

func (s *Space) readPage(ret conn.Return) (*pageReader, error) {
	d, n, err := s.returned(ret)
	return &pageReader{d, n}, err
}

// into reads a value as a t.
func (r *pageReader) into(t reflect.Type) (reflect.Value, error) {
	if r.left--; r.left < 0 {
		return reflect.Value{}, fail(ErrMalformed, "a page ends too early")
	}
	r.d.shared = nil
	return r.d.into(t)
}

func (p *page) full(most int) bool { return p.n >= most || len(p.e.buf) >= pageBytes }

// results makes of the page what an operation returns.
func (p *page) results() []reflect.Value { return []reflect.Value{reflect.ValueOf(p)} }

// pageOf is the page that the results are.
func pageOf(results []reflect.Value) (*page, bool) {
	if len(results) != 1 || !results[0].IsValid() || results[0].Type() != pageType {
		return nil, false
	}
	return results[0].Interface().(*page), true
}

var pageType = reflect.TypeFor[*page]()

// message is the page as it is sent.
func (p *page) message() conn.Message {
	data := wire.AppendArray(make([]byte, 0, len(p.e.buf)+5), p.n)
	return conn.Message{Data: append(data, p.e.buf...), Refs: p.e.refs}
}
