package interp

import "github.com/rgo-project/rgo/interp/internal/front"

// Incomplete reports whether src is the beginning of an input that wants more lines: a bracket, a raw string or a comment is still open,
// or the last line cannot end a statement. What is wrong but complete is not incomplete: running it tells what is wrong.
func Incomplete(src string) bool { return front.Incomplete(src) }
