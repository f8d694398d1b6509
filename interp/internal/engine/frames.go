package engine

import (
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// Frame is a place in interpreted code.
type Frame struct {
	Func string
	File string
	Line int
}

// Frames collects, for each goroutine that panics, the interpreted frames that were unwound. The interpreter tells of them on its
// standard error, in the panicking goroutine, which is all the stack trace it has.
type Frames struct {
	mu sync.Mutex
	of map[uint64][]Frame // by goroutine, innermost first
}

// A panic that compiled code recovers leaves frames that nobody asks for: these bounds keep them few.
const (
	maxGoroutines = 1024
	maxFrames     = 100
)

var frameLine = regexp.MustCompile(`^(.+):(\d+):(\d+): panic: (.*)\(\.\.\.\)$`)

// Write takes what the interpreter says: it is called by the interpreter alone.
func (s *Frames) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		m := frameLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		s.add(Goroutine(), Frame{Func: m[4], File: m[1], Line: n})
	}
	return len(p), nil
}

func (s *Frames) add(g uint64, f Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil || len(s.of) >= maxGoroutines && s.of[g] == nil {
		s.of = map[uint64][]Frame{}
	}
	if len(s.of[g]) < maxFrames {
		s.of[g] = append(s.of[g], f)
	}
}

// Take returns the frames that the current goroutine's panic has unwound, innermost first, and forgets them.
func (s *Frames) Take() []Frame {
	g := Goroutine()
	s.mu.Lock()
	defer s.mu.Unlock()
	fs := s.of[g]
	delete(s.of, g)
	return fs
}

// Goroutine returns a number of the current goroutine that no other has had. It costs about a microsecond.
func Goroutine() uint64 {
	var buf [40]byte
	n := runtime.Stack(buf[:], false)
	digits, _, _ := strings.Cut(strings.TrimPrefix(string(buf[:n]), "goroutine "), " ")
	g, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("engine: a stack begins with %q", buf[:n]))
	}
	return g
}

var leadingPos = regexp.MustCompile(`^(?:[^\s:]+:)*?(\d+):(\d+): (?s:(.*))$`)

// splitPos takes the position off the front of an interpreter's message.
func splitPos(text string) (line, col int, rest string) {
	m := leadingPos.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, text
	}
	line, errLine := strconv.Atoi(m[1])
	col, errCol := strconv.Atoi(m[2])
	if errLine != nil || errCol != nil {
		return 0, 0, text
	}
	return line, col, m[3]
}
