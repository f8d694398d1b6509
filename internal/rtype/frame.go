package rtype

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

const word = unsafe.Sizeof(uintptr(0))

// Frame returns a type of memory of a size, a multiple of a word's, whose i-th word is a pointer where pointers[i] says so; words beyond
// pointers are none. The type is only good for New, NewArray and Copy.
//
// Nothing keeps it: whoever holds it does. As the collector reads it to find the pointers of what was made of it, that must lead to it.
func Frame(size uintptr, pointers []bool) reflect.Type {
	last := len(pointers) - 1
	for last >= 0 && !pointers[last] {
		last--
	}
	pointers = pointers[:last+1]
	if size%word != 0 || uintptr(len(pointers))*word > size {
		panic(fmt.Sprintf("rtype: no frame has %d bytes and %d words of pointers", size, len(pointers)))
	}
	if size >= largeFrame {
		return largeFrames.get(size, pointers)
	}
	return makeFrame(size, bitmap(pointers), uintptr(len(pointers))*word)
}

func makeFrame(size uintptr, mask []byte, ptrBytes uintptr) reflect.Type {
	t := &structRecord{header: header{
		size: size, ptrBytes: ptrBytes, align: uint8(word), fieldAlign: uint8(word), kind: uint8(reflect.Struct),
		gcdata: unsafe.SliceData(mask), str: offsetOfName(name{text: "frame"}), hash: newHash("frame"),
	}}
	if size == word && ptrBytes == word {
		t.flags |= directIface
	}
	return t.typ()
}

// largeFrame is a size from which on the runtime may allocate objects singly. It notes their type outside the heap then, and passes that
// note on to the collector as a pointer when the memory is used again, whether there still is such a type or not. So the types of large
// frames stay, one for each layout.
const largeFrame = 16 << 10

var largeFrames frames

type frames struct {
	sync.Mutex
	types map[frameLayout]reflect.Type
}

type frameLayout struct {
	size uintptr
	mask string
}

func (f *frames) get(size uintptr, pointers []bool) reflect.Type {
	mask := bitmap(pointers)
	f.Lock()
	defer f.Unlock()
	if t, ok := f.types[frameLayout{size, string(mask)}]; ok {
		return t
	}
	t := makeFrame(size, mask, uintptr(len(pointers))*word)
	if f.types == nil {
		f.types = map[frameLayout]reflect.Type{}
	}
	f.types[frameLayout{size, string(mask)}] = t
	return t
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
