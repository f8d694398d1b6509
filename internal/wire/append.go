package wire

import (
	"encoding/binary"
	"math"
)

// Major types of CBOR, in the upper three bits of an item's first byte.
const (
	majorUint  = 0 << 5
	majorNeg   = 1 << 5
	majorBytes = 2 << 5
	majorText  = 3 << 5
	majorArray = 4 << 5
	majorMap   = 5 << 5
	majorTag   = 6 << 5
	majorOther = 7 << 5
)

// The single-byte items, and the heads of the floats.
const (
	itemFalse   = majorOther | 20
	itemTrue    = majorOther | 21
	itemNil     = majorOther | 22
	itemFloat16 = majorOther | 25
	itemFloat32 = majorOther | 26
	itemFloat64 = majorOther | 27
)

// appendHead appends an item's head with the shortest form of its argument.
func appendHead(b []byte, major byte, v uint64) []byte {
	switch {
	case v < 24:
		return append(b, major|byte(v))
	case v <= math.MaxUint8:
		return append(b, major|24, byte(v))
	case v <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(v))
	case v <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), v)
}

// AppendUint appends an unsigned integer.
func AppendUint(b []byte, v uint64) []byte { return appendHead(b, majorUint, v) }

// AppendInt appends an integer.
func AppendInt(b []byte, v int64) []byte {
	if v < 0 {
		return appendHead(b, majorNeg, uint64(^v)) // -1-v, which cannot overflow
	}
	return appendHead(b, majorUint, uint64(v))
}

// AppendBool appends true or false.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, itemTrue)
	}
	return append(b, itemFalse)
}

// AppendNil appends null.
func AppendNil(b []byte) []byte { return append(b, itemNil) }

// AppendText appends a text string. It does not check that s is UTF-8: what may not be goes as bytes.
func AppendText(b []byte, s string) []byte {
	return append(appendHead(b, majorText, uint64(len(s))), s...)
}

// AppendBytes appends a byte string.
func AppendBytes(b, p []byte) []byte {
	return append(AppendBytesHead(b, len(p)), p...)
}

// AppendBytesHead appends the head of a byte string; its n bytes follow.
func AppendBytesHead(b []byte, n int) []byte { return appendHead(b, majorBytes, uint64(n)) }

// AppendArray appends the head of an array; its n items follow.
func AppendArray(b []byte, n int) []byte { return appendHead(b, majorArray, uint64(n)) }

// AppendMap appends the head of a map; its n pairs, a key and a value each, follow.
func AppendMap(b []byte, n int) []byte { return appendHead(b, majorMap, uint64(n)) }

// AppendTag appends a tag; the item it is about follows.
func AppendTag(b []byte, num uint64) []byte { return appendHead(b, majorTag, num) }

// AppendFloat64 appends v in the shortest form that keeps every bit of it.
func AppendFloat64(b []byte, v float64) []byte {
	if f := float32(v); float64(f) == v { // not so for NaN, whose bits are kept
		return AppendFloat32(b, f)
	}
	return binary.BigEndian.AppendUint64(append(b, itemFloat64), math.Float64bits(v))
}

// AppendFloat32 appends v in the shortest form that keeps every bit of it.
func AppendFloat32(b []byte, v float32) []byte {
	if h, exact := toHalf(v); exact {
		return binary.BigEndian.AppendUint16(append(b, itemFloat16), h)
	}
	return binary.BigEndian.AppendUint32(append(b, itemFloat32), math.Float32bits(v))
}
