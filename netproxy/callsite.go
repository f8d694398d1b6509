package netproxy

import (
	"reflect"
	"runtime"
	"strings"
)

// frame is a line of a stack, or of a program.
type frame struct {
	file string
	line int
	name string
	ours bool // of rgo, or of the standard library
}

// callers is the stack of who waits.
func callers() []uintptr {
	pcs := make([]uintptr, 64)
	return pcs[:runtime.Callers(3, pcs)]
}

// place finds the innermost line that is a user's. The mutex is held.
func (p *Profile) place(pcs []uintptr) frame {
	for _, pc := range pcs {
		lines, known := p.pcs[pc]
		if !known {
			lines = framesOf(pc)
			p.pcs[pc] = lines
		}
		for _, f := range lines {
			if !f.ours {
				return f
			}
		}
	}
	return frame{}
}

// framesOf are the lines that one entry of a stack stands for: more than one where funcs are inlined.
func framesOf(pc uintptr) (all []frame) {
	frames := runtime.CallersFrames([]uintptr{pc})
	for {
		f, more := frames.Next()
		if f.Function != "" {
			name, _, _ := strings.Cut(f.Function, "-range") // the body of a loop over a func
			all = append(all, frame{f.File, f.Line, name, isOurs(f.Function, f.File)})
		}
		if !more {
			return all
		}
	}
}

// isOurs says whether a line is of one of the packages through which rgo is used, or of the standard library. It goes by files: a func of ours that
// was inlined has the name of a user's.
func isOurs(name, file string) bool {
	if inside, ok := strings.CutPrefix(file, moduleRoot()); ok {
		first, _, _ := strings.Cut(inside, "/")
		switch first {
		case "async", "conn", "internal", "interp", "netproxy":
			return !strings.HasSuffix(file, "_test.go")
		}
		return false
	}
	if root := standardRoot(); root != "" {
		return strings.HasPrefix(file, root)
	}
	pkg, _, _ := strings.Cut(name[:strings.LastIndexByte(name, '/')+1], "/") // of trimmed paths: the first part of the package's
	return pkg != "" && !strings.Contains(pkg, ".") || strings.Count(file, "/") == 1
}

// moduleRoot is the directory of this module where this program was built.
func moduleRoot() string {
	_, file, _, _ := runtime.Caller(0)
	return strings.TrimSuffix(file, "netproxy/callsite.go")
}

// standardRoot is the directory of the standard library's sources where this program was built; empty if paths were trimmed.
func standardRoot() string {
	f := runtime.FuncForPC(reflect.ValueOf(strings.LastIndexByte).Pointer())
	file, _ := f.FileLine(f.Entry())
	return strings.TrimSuffix(file, "strings/strings.go")
}
