package rtype

import (
	"encoding/binary"
	"sync"
	"unsafe"
)

const (
	nameExported byte = 1 << 0
	nameTagged   byte = 1 << 1
	namePkgPath  byte = 1 << 2
	nameEmbedded byte = 1 << 3
)

// name is a record of a name: what the runtime makes of fields, methods, types and packages.
type name struct {
	text, tag string
	pkgPath   string // of an unexported name of another package than its type's
	exported  bool
	embedded  bool
}

// encode writes a name: flags, length and text, length and tag, offset of the package's path.
func (n name) encode() *byte {
	b := binary.AppendUvarint([]byte{0}, uint64(len(n.text)))
	b = append(b, n.text...)
	if n.exported {
		b[0] |= nameExported
	}
	if n.embedded {
		b[0] |= nameEmbedded
	}
	if n.tag != "" {
		b[0] |= nameTagged
		b = append(binary.AppendUvarint(b, uint64(len(n.tag))), n.tag...)
	}
	if n.pkgPath != "" {
		b[0] |= namePkgPath
		b = binary.NativeEndian.AppendUint32(b, uint32(offsetOfName(name{text: n.pkgPath})))
	}
	return &b[0]
}

// offsets holds the names that the runtime has been given: it keeps each of them for good, so it is given each once.
var offsets sync.Map // name → offset

func offsetOfName(n name) offset {
	if off, ok := offsets.Load(n); ok {
		return off.(offset)
	}
	off, _ := offsets.LoadOrStore(n, addReflectOff(unsafe.Pointer(n.encode())))
	return off.(offset)
}

func offsetOfType(h *header) offset { return addReflectOff(unsafe.Pointer(h)) }

// encodePkgPath writes the package of a struct or an interface; none is a nil name.
func encodePkgPath(path string) *byte {
	if path == "" {
		return nil
	}
	return name{text: path}.encode()
}

// decode reads the text of a name's record.
func decode(p *byte) string {
	if p == nil {
		return ""
	}
	at := unsafe.Add(unsafe.Pointer(p), 1)
	length, shift := 0, 0
	for {
		b := *(*byte)(at)
		at = unsafe.Add(at, 1)
		length |= int(b&0x7f) << shift
		if b < 0x80 {
			return unsafe.String((*byte)(at), length)
		}
		shift += 7
	}
}
