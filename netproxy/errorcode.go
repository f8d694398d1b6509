package netproxy

import (
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/internal/wire"
)

// An error crosses as the name of a well-known one, as [name, type, text] of one that not everybody may know, or as
//
//	[kind, token, type, text, traits, [well-known errors that it calls itself], [errors in it], n, data or nil, [stack, peer, stack, ...]]
//
// The kind is 0, or 1 for a panic. The token is that of the one whose error it is, which passes through all others, or 0 for none. The
// first n errors in it are those that it wraps. The data, bytes that stand for themselves, are the error itself, so that those who do not know its type can
// pass it on: see errordata.go. The first stack is the sender's, the others are of the peers that the error was at before, the last of them first.

// Bounds of what is said about an error.
const (
	maxErrors       = 64 // nodes of the tree of an error
	maxErrorDepth   = 32
	maxErrorText    = 64 << 10  // of one error, and of one stack
	maxErrorTexts   = 256 << 10 // of all errors of a tree, and their stacks
	maxErrorData    = 256 << 10
	maxErrorsWalked = 4096 // to find well-known errors among those that do not cross
	maxHops         = 16   // that an error tells of
	maxErrorNames   = 512  // of well-known errors that one error calls itself
)

// The kinds of errors.
const (
	kindError = 0
	kindPanic = 1
)

// errorNode is an error as it crosses.
type errorNode struct {
	kind   uint64
	token  uint64
	typ    string // with its whole import path
	text   string
	traits traits
	is     []string
	inner  []error
	wraps  int
	data   []byte
	stack  string // of the sender
	before []Hop  // that the error was at before, the last of them first
}

// way lists the hops behind a node that peer has sent, the first of them first.
func (n *errorNode) way(peer string) []Hop {
	hops := make([]Hop, 0, len(n.before)+1)
	for i := range n.before {
		hops = append(hops, n.before[len(n.before)-1-i])
	}
	return append(hops, Hop{peer, n.stack})
}

// stacks are the stacks of the hops in one.
func stacks(hops []Hop) string {
	if len(hops) == 1 {
		return strings.TrimRight(hops[0].Stack, "\n")
	}
	var b strings.Builder
	for i, h := range hops {
		if h.Stack != "" {
			b.WriteString(strings.TrimRight(h.Stack, "\n") + "\n")
			if i < len(hops)-1 {
				b.WriteString("[at " + h.Peer + "]\n")
			}
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// errorBudget bounds what is written about one error, whatever is in it.
type errorBudget struct {
	left   int // errors
	texts  int // bytes of texts and stacks
	walked int // errors that do not cross, but were looked at
	depth  int
}

func (b *errorBudget) text(s string) string {
	s = clip(s, min(maxErrorText, b.texts))
	b.texts -= min(len(s), b.texts)
	return s
}

// errorWriter writes the tree of an error.
type errorWriter struct {
	e      *encoder
	budget *errorBudget
	stack  string // of the outermost error
}

func (w *errorWriter) write(err error) {
	e := w.e
	e.buf = wire.AppendTag(e.buf, tagError)
	if name, brief, ok := sentinelName(err, e.out.sentinels()); ok {
		if brief {
			e.text(name)
			return
		}
		e.buf = wire.AppendArray(e.buf, 3)
		e.text(name)
		e.text(typeName(reflect.TypeOf(err)))
		e.text(clip(textOf(err), maxErrorText))
		return
	}
	n := w.node(err)
	n.token = e.out.remember(err)
	n.text = w.budget.text(n.text)
	n.stack = w.budget.text(w.stack + n.stack)
	w.stack = ""
	w.append(n)
}

// append writes a node. Of the errors in it there are as many as the budget allows; of the others, the well-known ones cross by their names.
func (w *errorWriter) append(n errorNode) {
	e := w.e
	inner := n.inner[:min(len(n.inner), max(0, w.budget.left))]
	if w.budget.depth >= maxErrorDepth {
		inner = nil
	}
	if len(inner) < len(n.inner) {
		n.is = append(n.is, walk(n.inner[len(inner):], e.out.sentinels(), w.budget)...)
		n.data = nil // which may be about those that do not cross
	}
	w.budget.left -= len(inner)
	w.budget.depth++
	defer func() { w.budget.depth-- }()

	e.buf = wire.AppendArray(e.buf, 10)
	e.buf = wire.AppendUint(wire.AppendUint(e.buf, n.kind), n.token)
	e.text(n.typ)
	e.text(n.text)
	e.buf = wire.AppendUint(e.buf, uint64(n.traits))
	n.is = n.is[:min(len(n.is), maxErrorNames)]
	e.buf = wire.AppendArray(e.buf, len(n.is))
	for _, name := range n.is {
		e.text(name)
	}
	e.buf = wire.AppendArray(e.buf, len(inner))
	for _, err := range inner {
		w.write(err)
	}
	e.buf = wire.AppendUint(e.buf, uint64(min(n.wraps, len(inner))))
	if n.data == nil {
		e.buf = wire.AppendNil(e.buf)
	} else {
		e.buf = wire.AppendBytes(e.buf, n.data)
	}
	w.hops(n)
}

func (w *errorWriter) hops(n errorNode) {
	e := w.e
	before := n.before[:min(len(n.before), maxHops)]
	hide := e.out.hidesStacks()
	e.buf = wire.AppendArray(e.buf, 1+2*len(before))
	if hide {
		n.stack = ""
	}
	e.text(n.stack)
	for _, h := range before {
		if hide {
			h.Stack = ""
		}
		e.text(h.Peer)
		e.text(w.budget.text(h.Stack))
	}
}

// node is err as it crosses, without its token.
func (w *errorWriter) node(err error) errorNode {
	switch x := err.(type) { //nolint:errorlint // the very error
	case *RemoteError:
		if x != nil && x.node != nil {
			return x.node.passedOn(x.Peer)
		}
	case *PanicError:
		if x != nil && x.node != nil {
			return x.node.passedOn(x.from)
		}
	}
	n := errorNode{typ: typeName(reflect.TypeOf(err)), text: textOf(err)}
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return n
	}
	if p, ok := err.(*PanicError); ok { //nolint:errorlint // the very error
		n.kind, n.stack = kindPanic, p.Stack
		n.data, n.inner = w.panicData(p.Value)
		return n
	}
	n.traits = traitsOf(err)
	n.is = claims(err, w.e.out.sentinels())
	n.inner = unwrap(err)
	n.wraps = len(n.inner)
	if r, ok := err.(*RemoteError); ok { //nolint:errorlint // one that somebody has made
		n.typ, n.stack = r.Type, r.Stack
		return n
	}
	n.data, n.inner = w.errorData(err, n.inner)
	return n
}

// passedOn is a node that peer has sent, on its way to the next.
func (n *errorNode) passedOn(peer string) errorNode {
	next := *n
	next.before = append([]Hop{{peer, n.stack}}, n.before...)
	next.stack = ""
	return next
}

// error reads an error.
func (d *decoder) error() (error, error) {
	if d.r.Kind() == wire.KindText {
		name, err := d.text()
		if err != nil {
			return nil, err
		}
		return d.named(name, name, name), nil
	}
	size, err := d.r.Array()
	switch {
	case err != nil:
		return nil, err
	case size == 3:
		return d.namedError()
	case size != 10:
		return nil, fail(ErrMalformed, "an error of %d parts", size)
	}
	n := new(errorNode)
	if err := d.node(n); err != nil {
		return nil, err
	}
	if n.token != 0 {
		if own := d.in.recall(n.token); own != nil {
			return own, nil
		}
	}
	if n.kind == kindPanic {
		return d.panicError(n), nil
	}
	return d.remoteError(n), nil
}

// namedError reads the rest of a well-known error that not everybody may know.
func (d *decoder) namedError() (error, error) {
	var parts [3]string
	for i := range parts {
		var err error
		if parts[i], err = d.text(); err != nil {
			return nil, err
		}
	}
	return d.named(parts[0], parts[1], parts[2]), nil
}

// named is the well-known error of that name, or, if it is not known here, one that can be passed on to somebody who knows it.
func (d *decoder) named(name, typ, text string) error {
	if s := d.in.sentinel(name); s != nil {
		return s
	}
	return d.remoteError(&errorNode{typ: typ, text: text, is: []string{name}})
}

func (d *decoder) remoteError(n *errorNode) *RemoteError {
	peer := d.in.peer()
	e := &RemoteError{Peer: peer, Type: shortName(n.typ), Text: n.text, Stack: stacks(n.way(peer)), node: n, in: lasting(d.in)}
	for _, name := range n.is {
		if s := d.in.sentinel(name); s != nil {
			e.is = append(e.is, s)
		}
	}
	return e
}

func (d *decoder) panicError(n *errorNode) *PanicError {
	peer := d.in.peer()
	way := n.way(peer)
	e := &PanicError{Peer: way[0].Peer, Stack: way[0].Stack, node: n, from: peer}
	if e.Value = d.panicValue(n); e.Value == nil {
		e.Value = strings.TrimPrefix(n.text, "panic: ")
	}
	return e
}

func (d *decoder) node(n *errorNode) (err error) {
	if n.kind, err = d.r.Uint(); err != nil {
		return err
	}
	if n.token, err = d.r.Uint(); err != nil {
		return err
	}
	if n.typ, err = d.text(); err != nil {
		return err
	}
	if n.text, err = d.text(); err != nil {
		return err
	}
	has, err := d.r.Uint()
	if err != nil {
		return err
	}
	n.traits = traits(has)
	if n.is, err = d.texts(maxErrorNames); err != nil {
		return err
	}
	if err := d.innerErrors(n); err != nil {
		return err
	}
	if n.data, err = d.data(); err != nil {
		return err
	}
	hops, err := d.texts(1 + 2*maxHops)
	if err != nil {
		return err
	}
	if len(hops)%2 != 1 {
		return fail(ErrMalformed, "the hops of an error")
	}
	n.stack = hops[0]
	for i := 1; i < len(hops); i += 2 {
		n.before = append(n.before, Hop{hops[i], hops[i+1]})
	}
	return nil
}

// texts reads an array of strings.
func (d *decoder) texts(most int) ([]string, error) {
	n, err := d.r.Array()
	if err == nil && n > most {
		err = fail(ErrMalformed, "%d texts where there are %d at most", n, most)
	}
	if err != nil {
		return nil, err
	}
	var list []string
	for range n {
		s, err := d.text()
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func (d *decoder) innerErrors(n *errorNode) error {
	count, err := d.r.Array()
	if err == nil && count > maxErrors {
		err = fail(ErrMalformed, "%d errors in one", count)
	}
	if err != nil {
		return err
	}
	for range count {
		inner, err := d.innerError()
		if err != nil {
			return err
		}
		if inner == nil {
			return fail(ErrMalformed, "nil in an error")
		}
		n.inner = append(n.inner, inner)
	}
	wraps, err := d.r.Uint()
	if err == nil && wraps > uint64(count) {
		err = fail(ErrMalformed, "an error that wraps more than is in it")
	}
	n.wraps = int(wraps)
	return err
}

// innerError reads an error or nil.
func (d *decoder) innerError() (error, error) {
	peek := d.r
	if tag, err := peek.Tag(); err == nil && tag == tagError {
		if d.depth++; d.depth > maxDepth {
			return nil, fail(ErrMalformed, "errors nested more than %d deep", maxDepth)
		}
		defer func() { d.depth-- }()
		d.r = peek
		return d.error()
	}
	v, err := d.into(errorType)
	if err != nil {
		return nil, err
	}
	inner, _ := v.Interface().(error)
	return inner, nil
}

// data reads bytes or nil.
func (d *decoder) data() ([]byte, error) {
	if d.r.Kind() == wire.KindNil {
		return nil, d.r.Nil()
	}
	b, err := d.r.Bytes()
	if err == nil && len(b) > 2*maxErrorData {
		err = fail(ErrMalformed, "%d bytes of data of one error", len(b))
	}
	if err != nil {
		return nil, err
	}
	return append(make([]byte, 0, len(b)), b...), nil
}
