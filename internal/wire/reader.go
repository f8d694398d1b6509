package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// Kind says what an item of CBOR is.
type Kind uint8

// The kinds of items. KindEnd stands for the end of the data, KindInvalid for what no writer of ours writes.
const (
	KindInvalid Kind = iota
	KindEnd
	KindUint
	KindNegInt
	KindBytes
	KindText
	KindArray
	KindMap
	KindTag
	KindBool
	KindNil
	KindFloat
)

var kindNames = [...]string{
	"invalid item", "end of data", "unsigned integer", "negative integer", "byte string", "text string",
	"array", "map", "tag", "boolean", "null", "float",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// SyntaxError says that the data are not what was expected, and where.
type SyntaxError struct {
	Offset int // of the item, from the start of the reader's data
	Text   string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("wire: at byte %d: %s", e.Offset, e.Text) }

// Is makes every SyntaxError an ErrMalformed.
func (e *SyntaxError) Is(target error) bool { return target == ErrMalformed }

// Reader walks over encoded items, from the first to the last. What it returns as bytes lies in the data it was made over.
// After an error it stands where it stood before. Lengths and counts that it returns are never greater than the number of bytes left, so it is
// safe to allocate for them.
type Reader struct {
	data []byte
	off  int
}

// NewReader makes a reader of data.
func NewReader(data []byte) Reader { return Reader{data: data} }

// Len is the number of bytes left.
func (r *Reader) Len() int { return len(r.data) - r.off }

// Kind tells the kind of the next item, which stays the next.
func (r *Reader) Kind() Kind {
	if r.off >= len(r.data) {
		return KindEnd
	}
	return kinds[r.data[r.off]]
}

// kinds are the kinds of items by their first byte.
var kinds = func() (all [256]Kind) {
	for b := range all {
		all[b] = KindUint + Kind(b>>5)
		if b >= majorOther {
			all[b] = KindInvalid
		}
	}
	all[itemFalse], all[itemTrue], all[itemNil] = KindBool, KindBool, KindNil
	all[itemFloat16], all[itemFloat32], all[itemFloat64] = KindFloat, KindFloat, KindFloat
	return all
}()

// argument is the argument of the next item, and the offset after its head. ok is false if that is not an item of the kind, from KindUint to
// KindTag, or is none at all.
func (r *Reader) argument(kind Kind) (arg uint64, next int, ok bool) {
	if r.off >= len(r.data) {
		return 0, 0, false
	}
	info := r.data[r.off] - byte(kind-KindUint)<<5 // above 31 if it is of another kind
	if info < 24 {
		return uint64(info), r.off + 1, true
	}
	switch rest := r.data[r.off+1:]; {
	case info == 24 && len(rest) >= 1:
		return uint64(rest[0]), r.off + 2, true
	case info == 25 && len(rest) >= 2:
		return uint64(binary.BigEndian.Uint16(rest)), r.off + 3, true
	case info == 26 && len(rest) >= 4:
		return uint64(binary.BigEndian.Uint32(rest)), r.off + 5, true
	case info == 27 && len(rest) >= 8:
		return binary.BigEndian.Uint64(rest), r.off + 9, true
	}
	return 0, 0, false
}

// head reads the head of the next item, without consuming it: its argument, and the offset after it.
func (r *Reader) head(want Kind) (arg uint64, next int, err error) {
	arg, next, ok := r.argument(want)
	if !ok {
		err = r.wrongHead(want)
	}
	return arg, next, err
}

// wrongHead says why the next item is none of a kind.
func (r *Reader) wrongHead(want Kind) error {
	if k := r.Kind(); k != want {
		return r.errorf("%v where %v is expected", k, want)
	}
	switch info := r.data[r.off] & 0x1f; {
	case info == 31:
		return r.errorf("%v of indefinite length", want)
	case info > 27:
		return r.errorf("reserved head %#x", r.data[r.off])
	}
	return r.errorf("cut short in the head of %v", want)
}

// Uint reads an unsigned integer.
func (r *Reader) Uint() (uint64, error) {
	v, ok := r.TryUint()
	if !ok {
		return 0, r.wrongHead(KindUint)
	}
	return v, nil
}

// TryUint is Uint for those who go on in another way where there is none.
func (r *Reader) TryUint() (v uint64, ok bool) {
	v, next, ok := r.argument(KindUint)
	if ok {
		r.off = next
	}
	return v, ok
}

// Int reads an integer; one that does not fit an int64 is an error.
func (r *Reader) Int() (int64, error) {
	if v, ok := r.TryInt(); ok {
		return v, nil
	}
	kind := r.Kind()
	if kind != KindNegInt {
		kind = KindUint
	}
	if _, _, err := r.head(kind); err != nil {
		return 0, err
	}
	return 0, r.errorf("%v does not fit 64 bits", kind)
}

// TryInt is Int for those who go on in another way where there is none.
func (r *Reader) TryInt() (v int64, ok bool) {
	n, next, ok := r.argument(KindUint)
	sign := int64(0)
	if !ok {
		n, next, ok = r.argument(KindNegInt)
		sign = -1
	}
	if !ok || n > math.MaxInt64 {
		return 0, false
	}
	r.off = next
	return int64(n) ^ sign, true // ^n is -1-n
}

// Bool reads true or false.
func (r *Reader) Bool() (bool, error) {
	v, ok := r.TryBool()
	if !ok {
		return false, r.errorf("%v where %v is expected", r.Kind(), KindBool)
	}
	return v, nil
}

// TryBool is Bool for those who go on in another way where there is none.
func (r *Reader) TryBool() (v, ok bool) {
	if r.Kind() != KindBool {
		return false, false
	}
	r.off++
	return r.data[r.off-1] == itemTrue, true
}

// Nil reads null.
func (r *Reader) Nil() error {
	if k := r.Kind(); k != KindNil {
		return r.errorf("%v where %v is expected", k, KindNil)
	}
	r.off++
	return nil
}

// Float reads a float of any width.
func (r *Reader) Float() (float64, error) {
	v, ok := r.TryFloat()
	if ok {
		return v, nil
	}
	if k := r.Kind(); k != KindFloat {
		return 0, r.errorf("%v where %v is expected", k, KindFloat)
	}
	return 0, r.errorf("cut short in a float")
}

// TryFloat is Float for those who go on in another way where there is none.
func (r *Reader) TryFloat() (v float64, ok bool) {
	if r.Kind() != KindFloat {
		return 0, false
	}
	rest := r.data[r.off+1:]
	size := 1 << (r.data[r.off]&0x1f - 24)
	if len(rest) < size {
		return 0, false
	}
	r.off += 1 + size
	switch size {
	case 2:
		return fromHalf(binary.BigEndian.Uint16(rest)), true
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(rest))), true
	}
	return math.Float64frombits(binary.BigEndian.Uint64(rest)), true
}

// Text reads a text string, which must be UTF-8.
func (r *Reader) Text() (string, error) {
	if s, ok := r.TryText(); ok {
		return s, nil
	}
	if _, _, err := r.counted(KindText); err != nil {
		return "", err
	}
	return "", r.errorf("text string is not UTF-8")
}

// TryText is Text for those who go on in another way where there is none.
func (r *Reader) TryText() (s string, ok bool) {
	n, next, ok := r.argument(KindText)
	if !ok || n > uint64(len(r.data)-next) {
		return "", false
	}
	p := r.data[next : next+int(n)]
	if !utf8.Valid(p) {
		return "", false
	}
	r.off = next + int(n)
	return string(p), true
}

// Bytes reads a byte string. The result is part of the data.
func (r *Reader) Bytes() ([]byte, error) {
	p, next, err := r.counted(KindBytes)
	if err != nil {
		return nil, err
	}
	r.off = next
	return p, nil
}

// counted finds the bytes of a string, and the offset after them.
func (r *Reader) counted(kind Kind) (p []byte, next int, err error) {
	n, next, err := r.head(kind)
	if err != nil {
		return nil, 0, err
	}
	if n > uint64(len(r.data)-next) {
		return nil, 0, r.errorf("%v of %d bytes, of which %d are there", kind, n, len(r.data)-next)
	}
	end := next + int(n)
	return r.data[next:end:end], end, nil
}

// Array reads the head of an array: n items follow.
func (r *Reader) Array() (n int, err error) { return r.container(KindArray, 1) }

// Map reads the head of a map: n pairs follow.
func (r *Reader) Map() (n int, err error) { return r.container(KindMap, 2) }

func (r *Reader) container(kind Kind, each int) (int, error) {
	n, next, err := r.head(kind)
	if err != nil {
		return 0, err
	}
	if n > uint64((len(r.data)-next)/each) { // an item has a byte at least
		return 0, r.errorf("%v of %d in %d bytes", kind, n, len(r.data)-next)
	}
	r.off = next
	return int(n), nil
}

// Tag reads a tag; the item it is about follows.
func (r *Reader) Tag() (uint64, error) {
	v, ok := r.TryTag()
	if !ok {
		return 0, r.wrongHead(KindTag)
	}
	return v, nil
}

// TryTag is Tag for those who go on in another way where there is none.
func (r *Reader) TryTag() (tag uint64, ok bool) {
	tag, next, ok := r.argument(KindTag)
	if ok {
		r.off = next
	}
	return tag, ok
}

// Skip passes over the next item and all that is in it.
func (r *Reader) Skip() error {
	start := r.off
	for items := 1; items > 0; items-- {
		more, err := r.step()
		if err != nil {
			r.off = start
			return err
		}
		items += more
	}
	return nil
}

// step passes over one item, but not over the items in it, and says how many these are.
func (r *Reader) step() (more int, err error) {
	switch kind := r.Kind(); kind {
	case KindUint, KindNegInt:
		_, next, err := r.head(kind)
		if err != nil {
			return 0, err
		}
		r.off = next
		return 0, nil
	case KindBytes, KindText:
		_, next, err := r.counted(kind)
		if err != nil {
			return 0, err
		}
		r.off = next
		return 0, nil
	case KindArray:
		return r.Array()
	case KindMap:
		n, err := r.Map()
		return 2 * n, err
	case KindTag:
		_, err := r.Tag()
		return 1, err
	case KindBool, KindNil:
		r.off++
		return 0, nil
	case KindFloat:
		_, err := r.Float()
		return 0, err
	default:
		return 0, r.errorf("%v where an item is expected", kind)
	}
}

// Raw reads the next item as it stands, encoded. The result is part of the data.
func (r *Reader) Raw() ([]byte, error) {
	start := r.off
	if err := r.Skip(); err != nil {
		return nil, err
	}
	return r.data[start:r.off:r.off], nil
}

func (r *Reader) errorf(format string, args ...any) error {
	return &SyntaxError{Offset: r.off, Text: fmt.Sprintf(format, args...)}
}

// Past passes over what comes next if it is these bytes, which are whole items and heads of items.
func (r *Reader) Past(next string) bool {
	if len(next) == 0 || len(r.data)-r.off < len(next) || string(r.data[r.off:r.off+len(next)]) != next {
		return false
	}
	r.off += len(next)
	return true
}
