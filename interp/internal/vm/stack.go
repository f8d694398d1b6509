package vm

// Frame is a call of interpreted code.
type Frame struct {
	Func, File string
	Line       int
}

const maxStack = 100 // calls in one trace; the middle of longer ones is left out

// stack lists the calls under way, innermost first.
func (th *thread) stack() []Frame {
	var list []Frame
	for fr := th.cur; fr != nil; fr = fr.caller {
		if fr.fn.wrapper {
			continue
		}
		list = append(list, fr.here())
		if len(list) == maxStack {
			break
		}
	}
	return list
}

// here is what the frame is doing.
func (fr *frame) here() Frame {
	at := line{}
	if int(fr.pos) < len(fr.fn.lines) {
		at = fr.fn.lines[fr.pos]
	}
	return Frame{Func: fr.fn.name, File: at.file, Line: at.line}
}
