package rtype

import (
	"fmt"
	"reflect"
	"unsafe"
)

const word = unsafe.Sizeof(uintptr(0))

// Frame returns a type of memory of a size, a multiple of a word's, whose i-th word is a pointer where pointers[i] says so; words beyond
// pointers are none. The type is only good for New, NewArray and Copy.
//
// Nothing keeps it: whoever holds it does. As the collector reads it to find the pointers of what was made of it, that must lead to it.
func Frame(size uintptr, pointers []bool) reflect.Type {
	last := -1
	for i, p := range pointers {
		if p {
			last = i
		}
	}
	if size%word != 0 || uintptr(last+1)*word > size {
		panic(fmt.Sprintf("rtype: no frame has %d bytes and %d words of pointers", size, last+1))
	}
	t := &structRecord{header: header{
		size: size, ptrBytes: uintptr(last+1) * word, align: uint8(word), fieldAlign: uint8(word), kind: uint8(reflect.Struct),
		str: offsetOfName(name{text: "frame"}), hash: newHash("frame"),
	}}
	if last >= 0 {
		t.gcdata = &bitmap(pointers[:last+1])[0]
	}
	if t.size == word && t.ptrBytes == word {
		t.flags |= directIface
	}
	return t.typ()
}

// bitmap makes a mask of a whole number of words, which is how the runtime reads it.
func bitmap(pointers []bool) []byte {
	mask := make([]byte, (uintptr(len(pointers))+word*8-1)/(word*8)*word)
	for i, p := range pointers {
		if p {
			mask[i/8] |= 1 << (i % 8)
		}
	}
	return mask
}
