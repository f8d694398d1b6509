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
		at := line{}
		if int(fr.pos) < len(fr.fn.lines) {
			at = fr.fn.lines[fr.pos]
		}
		list = append(list, Frame{Func: fr.fn.name, File: at.file, Line: at.line})
		if len(list) == maxStack {
			break
		}
	}
	return list
}
