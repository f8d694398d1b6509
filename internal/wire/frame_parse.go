package wire

import (
	"fmt"
	"math"
	"time"
)

// fields reads the elements of a frame one after the other; the first error stays, and makes the rest do nothing.
type fields struct {
	r   *Reader
	err error
}

// of starts reading a frame that has n elements left, where want are meant. More are allowed: a later version may add some at the end.
func of(r *Reader, n, want int) fields {
	f := fields{r: r}
	if n < want {
		f.err = fmt.Errorf("%d elements, want %d", n, want)
	}
	return f
}

func (f *fields) uint(v *uint64) {
	if f.err == nil {
		*v, f.err = f.r.Uint()
	}
}

func (f *fields) int(v *int64) {
	if f.err == nil {
		*v, f.err = f.r.Int()
	}
}

func (f *fields) text(v *string) {
	if f.err == nil {
		*v, f.err = f.r.Text()
	}
}

func (f *fields) bytes(v *[]byte) {
	if f.err == nil {
		*v, f.err = f.r.Bytes()
	}
}

func (f *fields) refs(v *[]Ref) {
	if f.err == nil {
		*v, f.err = f.readRefs()
	}
}

func (f *fields) body(v *Body) {
	if f.err == nil {
		*v, f.err = f.readBody()
	}
}

func (f *fields) max(v uint64, limit uint64) {
	if f.err == nil && v > limit {
		f.err = fmt.Errorf("%d where at most %d is meant", v, limit)
	}
}

func (f *fields) byte(v *uint8) {
	var u uint64
	f.uint(&u)
	f.max(u, math.MaxUint8)
	*v = uint8(u)
}

func (f *fields) stream(v *uint32) {
	var u uint64
	f.uint(&u)
	f.max(u, math.MaxUint32)
	*v = uint32(u)
}

func (f *fields) readRefs() ([]Ref, error) {
	n, err := f.r.Array()
	if n == 0 || err != nil {
		return nil, err
	}
	refs := make([]Ref, n)
	for i := range refs {
		if pair, err := f.r.Array(); err != nil {
			return nil, err
		} else if pair != 2 {
			return nil, fmt.Errorf("a reference of %d elements, want 2", pair)
		}
		kind, err := f.r.Uint()
		if err != nil {
			return nil, err
		}
		if kind > uint64(RefCall) {
			return nil, fmt.Errorf("a reference of unknown kind %d", kind)
		}
		id, err := f.r.Uint()
		if err != nil {
			return nil, err
		}
		refs[i] = Ref{Kind: RefKind(kind), ID: id}
	}
	return refs, nil
}

func (f *fields) readBody() (Body, error) {
	if f.r.Kind() == KindBytes {
		p, err := f.r.Bytes()
		return Body{Inline: p}, err
	}
	var y Body
	n, err := f.r.Array()
	if err != nil {
		return y, err
	}
	if n != 2 {
		return y, fmt.Errorf("a body of %d elements, want 2", n)
	}
	f.uint(&y.Number)
	f.uint(&y.Length)
	if f.err == nil && y.Number == 0 {
		return y, fmt.Errorf("a body of number 0")
	}
	return y, f.err
}

func (c *Call) parse(r *Reader, n int) error { return c.read(r, n, nil) }

// read is parse with the names of calls that have come before.
func (c *Call) read(r *Reader, n int, names map[string]string) error {
	f := of(r, n, 11)
	f.uint(&c.ID)
	f.int(&c.Target)
	f.byte(&c.Op)
	if f.err == nil {
		c.Name, f.err = r.name(names)
	}
	f.byte(&c.Want)
	f.uint(&c.Lane)
	f.uint(&c.Parent)
	var timeout int64
	f.int(&timeout)
	c.Timeout = time.Duration(timeout)
	f.uint(&c.Flags)
	f.refs(&c.Refs)
	f.body(&c.Body)
	if f.err == nil && c.Target == math.MinInt64 {
		return fmt.Errorf("target %d", c.Target) // its negation is no number
	}
	return f.err
}

func (t *Return) parse(r *Reader, n int) error {
	f := of(r, n, 4)
	var status uint64
	f.uint(&t.ID)
	f.uint(&status)
	t.Held, status = status&statusHeld != 0, status&^statusHeld
	f.max(status, uint64(StatusRefused))
	t.Status = Status(status)
	f.refs(&t.Refs)
	f.body(&t.Body)
	return f.err
}

func (l *Finish) parse(r *Reader, n int) error {
	f := of(r, n, 2)
	f.uint(&l.ID)
	f.text(&l.Reason)
	if n >= 3 {
		f.uint(&l.What)
	}
	if n >= 4 {
		f.bytes(&l.Cause)
	}
	return f.err
}

func (l *Release) parse(r *Reader, n int) error {
	f := of(r, n, 1)
	if f.err != nil {
		return f.err
	}
	all, err := r.Array()
	if err != nil {
		return err
	}
	if all%2 != 0 {
		return fmt.Errorf("an odd number of elements, %d", all)
	}
	l.Counts = make([]Count, all/2)
	for i := range l.Counts {
		f.uint(&l.Counts[i].ID)
		f.uint(&l.Counts[i].N)
	}
	return f.err
}

func (g *GoAway) parse(r *Reader, n int) error {
	f := of(r, n, 2)
	f.uint(&g.Last)
	f.text(&g.Reason)
	return f.err
}

func (a *Abort) parse(r *Reader, n int) error {
	f := of(r, n, 2)
	var code uint64
	f.uint(&code)
	a.Code = AbortCode(code)
	f.text(&a.Reason)
	return f.err
}

func (u *Unimplemented) parse(r *Reader, n int) error {
	f := of(r, n, 1)
	var kind uint64
	f.uint(&kind)
	u.Kind = FrameKind(kind)
	return f.err
}

func (t *Reset) parse(r *Reader, n int) error {
	f := of(r, n, 3)
	var code uint64
	f.stream(&t.Stream)
	f.uint(&code)
	t.Code = ResetCode(code)
	f.text(&t.Reason)
	return f.err
}

func (p *Ping) parse(r *Reader, n int) error {
	f := of(r, n, 1)
	var answer uint64
	f.uint(&answer)
	p.Answer = answer != 0
	return f.err
}

func (u *Unheld) parse(r *Reader, n int) error {
	f := of(r, n, 1)
	if f.err != nil {
		return f.err
	}
	all, err := r.Array()
	if err != nil {
		return err
	}
	u.Calls = make([]uint64, all)
	for i := range u.Calls {
		f.uint(&u.Calls[i])
	}
	return f.err
}

func (u *Unknown) parse(*Reader, int) error { return nil }
