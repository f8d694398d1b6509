package netproxy

import (
	"io/fs"
	"net"
	"reflect"
	"slices"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// What a program has behind fs.FileInfo, fs.DirEntry and net.Addr is looked at and never changed, often by the thousand. So it crosses as a snapshot,
// by value: what its methods say when it is sent. On the wire
//
//	[1, name, size, mode, time, dir?, sys]              a fs.FileInfo
//	[2, name, dir?, type, info]                         a fs.DirEntry
//	[3, name, size, mode, time, dir?, sys, type, info]  what is both
//	[4, network, text]                                  a net.Addr
//
// where info is in the form of the first line, or the error of Info, or null for what is both and its own Info, and sys is what Sys says if that is plain data,
// such as a *syscall.Stat_t, or null.

// snapKind says as what the values of a type are snapshotted.
type snapKind uint8

const (
	snapNone  snapKind = 0
	snapInfo  snapKind = 1
	snapEntry snapKind = 2
	snapBoth           = snapInfo | snapEntry
	snapAddr  snapKind = 4
)

var snapshots = []struct {
	kind snapKind
	typ  reflect.Type
}{
	{snapInfo, reflect.TypeFor[fs.FileInfo]()},
	{snapEntry, reflect.TypeFor[fs.DirEntry]()},
	{snapAddr, reflect.TypeFor[net.Addr]()},
}

// printing are methods that a snapshot may lose, or has anyway: they only show the value.
var printing = []string{"String", "GoString", "Format", "LogValue", "MarshalText", "MarshalJSON"}

// snapKindOf says whether the values of a type cross as snapshots: those that can do nothing but what a snapshot can. What has another method, such as a
// file that is its own FileInfo, stays where it is.
func snapKindOf(t reflect.Type) snapKind {
	if t.Kind() == reflect.Interface {
		return snapNone
	}
	var kind snapKind
	known := printing
	for _, s := range snapshots {
		if t.Implements(s.typ) {
			kind |= s.kind
			for i := range s.typ.NumMethod() {
				known = append(known[:len(known):len(known)], s.typ.Method(i).Name)
			}
		}
	}
	if kind > snapAddr {
		return snapNone
	}
	for i := range t.NumMethod() {
		if !slices.Contains(known, t.Method(i).Name) {
			return snapNone
		}
	}
	return kind
}

// snapshot writes a snapshot of v, if one can be taken. It reports false for plain data that the other side can be expected to know by name, which cross
// as they are, and where the methods of v panic.
func (e *encoder) snapshot(v reflect.Value, p *plan) (done bool, err error) {
	if p.snap == snapNone || nillable(v.Kind()) && v.IsNil() || !v.CanInterface() || p.known() {
		return false, nil
	}
	taken, ok := take(v.Interface(), p.snap)
	if !ok {
		return false, nil
	}
	e.buf = wire.AppendTag(e.buf, tagSnapshot)
	switch x := taken.(type) {
	case fileInfo:
		err = e.info(x, snapInfo)
	case dirEntry:
		e.buf = wire.AppendArray(e.buf, 5)
		e.buf = wire.AppendUint(e.buf, uint64(snapEntry))
		e.text(x.name)
		e.buf = wire.AppendBool(e.buf, x.dir)
		err = e.infoOf(x.typ, x.info, x.err)
	case fileEntry:
		if err = e.info(x.fileInfo, snapBoth); err == nil {
			err = e.infoOf(x.typ, x.info, x.err)
		}
	case addr:
		e.buf = wire.AppendArray(e.buf, 3)
		e.buf = wire.AppendUint(e.buf, uint64(snapAddr))
		e.text(x.network)
		e.text(x.text)
	}
	return true, err
}

// known says whether values of the type, or what they point to, are plain data that everybody is expected to know.
func (p *plan) known() bool {
	t := p.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	c := planOf(t).class
	return c != classShared && c != classPointer && isKnown(t)
}

// take asks x for all that a snapshot says.
func take(x any, kind snapKind) (taken any, ok bool) {
	defer func() {
		if recover() != nil { // a value that is not fit to be looked at may be of use all the same
			ok = false
		}
	}()
	switch kind {
	case snapInfo:
		return infoFrom(x.(fs.FileInfo)), true
	case snapEntry:
		entry := x.(fs.DirEntry)
		taken := dirEntry{name: entry.Name(), dir: entry.IsDir(), typ: entry.Type()}
		info, err := entry.Info()
		if taken.err = err; info != nil && err == nil {
			taken.info = infoFrom(info)
		}
		return taken, true
	case snapBoth:
		entry := x.(fs.DirEntry)
		taken := fileEntry{fileInfo: infoFrom(x.(fs.FileInfo)), typ: entry.Type()}
		info, err := entry.Info()
		if taken.err = err; info != nil && err == nil && reflect.TypeOf(info) != reflect.TypeOf(x) {
			taken.info = infoFrom(info)
		}
		return taken, true
	}
	a := x.(net.Addr)
	return addr{a.Network(), a.String()}, true
}

func infoFrom(x fs.FileInfo) fileInfo {
	i := fileInfo{name: x.Name(), size: x.Size(), mode: x.Mode(), modTime: x.ModTime(), dir: x.IsDir()}
	if sys := x.Sys(); sys != nil {
		v := reflect.ValueOf(sys)
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v.IsValid() && (v.Type() == recordType || v.Kind() == reflect.Struct && dataOnly(v.Type(), 0)) {
			i.sys = &sys
		}
	}
	return i
}

// dataOnly says whether nothing in a t could be shared: there are no pointers and no interfaces in it.
func dataOnly(t reflect.Type, depth int) bool {
	switch c := planOf(t).class; c {
	case classBool, classInt, classUint, classFloat, classComplex, classString, classBytes, classTime:
		return true
	case classSlice, classArray:
		return depth < 8 && dataOnly(t.Elem(), depth+1)
	case classMap:
		return depth < 8 && dataOnly(t.Key(), depth+1) && dataOnly(t.Elem(), depth+1)
	case classStruct:
		for _, f := range planOf(t).fields {
			if depth >= 8 || !dataOnly(t.Field(f.index).Type, depth+1) {
				return false
			}
		}
		return true
	}
	return false
}

// info writes a FileInfo, as the first part of what begins with that kind.
func (e *encoder) info(i fileInfo, kind snapKind) error {
	n := 7
	if kind == snapBoth {
		n = 9
	}
	e.buf = wire.AppendArray(e.buf, n)
	e.buf = wire.AppendUint(e.buf, uint64(kind))
	e.text(i.name)
	e.buf = wire.AppendInt(e.buf, i.size)
	e.buf = wire.AppendUint(e.buf, uint64(i.mode))
	e.time(i.modTime)
	e.buf = wire.AppendBool(e.buf, i.dir)
	was := e.deep
	e.deep = true
	err := e.dynamic(reflect.ValueOf(i.Sys()))
	e.deep = was
	return err
}

// infoOf writes the type of an entry and what its Info says.
func (e *encoder) infoOf(typ fs.FileMode, info fs.FileInfo, err error) error {
	e.buf = wire.AppendUint(e.buf, uint64(typ))
	switch {
	case err != nil:
		return e.err(err)
	case info == nil:
		e.buf = wire.AppendNil(e.buf)
	}
	if err != nil || info == nil {
		return nil
	}
	return e.info(info.(fileInfo), snapInfo)
}

// snapshot reads a snapshot, behind its tag.
func (d *decoder) snapshot() (any, error) {
	n, err := d.r.Array()
	if err != nil {
		return nil, err
	}
	kind, err := d.r.Uint()
	if err != nil {
		return nil, err
	}
	switch {
	case kind == uint64(snapInfo) && n == 7:
		return d.info()
	case kind == uint64(snapEntry) && n == 5:
		return d.entry()
	case kind == uint64(snapBoth) && n == 9:
		return d.both()
	case kind == uint64(snapAddr) && n == 3:
		var a addr
		if a.network, err = d.text(); err == nil {
			a.text, err = d.text()
		}
		return a, err
	}
	return nil, fail(ErrMalformed, "not a snapshot")
}

func (d *decoder) info() (i fileInfo, err error) {
	if i.name, err = d.text(); err != nil {
		return i, err
	}
	if i.size, err = d.r.Int(); err != nil {
		return i, err
	}
	if i.mode, err = d.mode(); err != nil {
		return i, err
	}
	if tag, err := d.r.Tag(); err != nil || tag != tagTime {
		return i, fail(ErrMalformed, "not a time")
	}
	if i.modTime, err = d.time(); err != nil {
		return i, err
	}
	if i.dir, err = d.r.Bool(); err != nil {
		return i, err
	}
	sys, err := d.plain()
	if err == nil && sys != nil {
		i.sys = &sys
	}
	return i, err
}

func (d *decoder) mode() (fs.FileMode, error) {
	m, err := d.r.Uint()
	if err == nil && m != uint64(fs.FileMode(m)) {
		err = fail(ErrMalformed, "not the mode of a file")
	}
	return fs.FileMode(m), err
}

func (d *decoder) entry() (e dirEntry, err error) {
	if e.name, err = d.text(); err != nil {
		return e, err
	}
	if e.dir, err = d.r.Bool(); err != nil {
		return e, err
	}
	if e.typ, err = d.mode(); err != nil {
		return e, err
	}
	e.info, e.err, err = d.infoOf()
	return e, err
}

func (d *decoder) both() (b fileEntry, err error) {
	if b.fileInfo, err = d.info(); err != nil {
		return b, err
	}
	if b.typ, err = d.mode(); err != nil {
		return b, err
	}
	b.info, b.err, err = d.infoOf()
	return b, err
}

// infoOf reads what Info said: its FileInfo or its error.
func (d *decoder) infoOf() (info fs.FileInfo, failed, err error) {
	switch d.r.Kind() {
	case wire.KindNil:
		return nil, nil, d.r.Nil()
	case wire.KindTag:
		failed, err = d.innerError()
		return nil, failed, err
	}
	if err := d.tuple(7); err != nil {
		return nil, nil, err
	}
	if kind, err := d.r.Uint(); err != nil || kind != uint64(snapInfo) {
		return nil, nil, fail(ErrMalformed, "not a snapshot")
	}
	i, err := d.info()
	return i, nil, err
}

// fileInfo is a fs.FileInfo as it was when it was sent.
type fileInfo struct {
	name    string
	size    int64
	mode    fs.FileMode
	modTime time.Time
	dir     bool
	sys     *any // nil if it is of no use here; a pointer, for a FileInfo to be comparable
}

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return i.mode }
func (i fileInfo) ModTime() time.Time { return i.modTime }
func (i fileInfo) IsDir() bool        { return i.dir }
func (i fileInfo) String() string     { return fs.FormatFileInfo(i) }

// Sys returns what Sys returned if that was plain data: of its own type, or a Record of it.
func (i fileInfo) Sys() any {
	if i.sys == nil {
		return nil
	}
	return *i.sys
}

// dirEntry is a fs.DirEntry as it was when it was sent, with its Info.
type dirEntry struct {
	name string
	dir  bool
	typ  fs.FileMode
	info fs.FileInfo
	err  error
}

func (e dirEntry) Name() string               { return e.name }
func (e dirEntry) IsDir() bool                { return e.dir }
func (e dirEntry) Type() fs.FileMode          { return e.typ }
func (e dirEntry) Info() (fs.FileInfo, error) { return e.info, e.err }
func (e dirEntry) String() string             { return fs.FormatDirEntry(e) }

// fileEntry is what was a fs.FileInfo and a fs.DirEntry.
type fileEntry struct {
	fileInfo
	typ  fs.FileMode
	info fs.FileInfo // nil: it is its own
	err  error
}

func (e fileEntry) Type() fs.FileMode { return e.typ }

func (e fileEntry) Info() (fs.FileInfo, error) {
	if e.info == nil && e.err == nil {
		return e.fileInfo, nil
	}
	return e.info, e.err
}

// addr is a net.Addr as it was when it was sent.
type addr struct{ network, text string }

func (a addr) Network() string { return a.network }
func (a addr) String() string  { return a.text }

// shownType is the name of a type for people: of a snapshot's, what it is one of.
func shownType(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[fileInfo](), reflect.TypeFor[fileEntry]():
		return "fs.FileInfo"
	case reflect.TypeFor[dirEntry]():
		return "fs.DirEntry"
	case reflect.TypeFor[addr]():
		return "net.Addr"
	}
	return t.String()
}
