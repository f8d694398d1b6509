package interp

import (
	"slices"
	"strings"
)

// Complete lists what may stand in the place of the word that ends at byte pos of src: names of the session and of packages, or, after a dot,
// members of a package or of a value. start is where the word begins. Nothing is run: what comes before the dot is only checked.
func (s *Session) Complete(src string, pos int) (start int, names []string) {
	pos = min(max(pos, 0), len(src))
	start = pos
	for start > 0 && isWord(src[start-1]) {
		start--
	}
	word := src[start:pos]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return start, nil
	}
	if start > 0 && src[start-1] == '.' {
		names = s.front.Members(operand(src[:start-1]))
	} else {
		names = append(s.front.Names(), s.packages.names()...)
	}
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, word) })
	slices.Sort(names)
	return start, slices.Compact(names)
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// operand is the chain of names and dots that src ends in.
func operand(src string) string {
	i := len(src)
	for i > 0 && (isWord(src[i-1]) || src[i-1] == '.') {
		i--
	}
	return src[i:]
}
