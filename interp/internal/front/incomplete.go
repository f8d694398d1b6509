package front

import (
	"go/scanner"
	"go/token"
	"strings"
)

// Incomplete reports whether text is the beginning of an input that wants more lines: a bracket, a raw string or a comment is
// still open, or its last token cannot end a statement.
func Incomplete(text string) bool {
	var sc scanner.Scanner
	open, broken := false, false
	file := token.NewFileSet().AddFile("", -1, len(text))
	sc.Init(file, []byte(text), func(_ token.Position, msg string) {
		if strings.Contains(msg, "raw string literal not terminated") || strings.Contains(msg, "comment not terminated") {
			open = true
		} else {
			broken = true
		}
	}, 0)
	var closers []token.Token
	var last token.Token
	for {
		_, tok, _ := sc.Scan()
		if tok == token.EOF {
			break
		}
		last = tok
		switch tok {
		case token.LPAREN:
			closers = append(closers, token.RPAREN)
		case token.LBRACK:
			closers = append(closers, token.RBRACK)
		case token.LBRACE:
			closers = append(closers, token.RBRACE)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			n := len(closers)
			if n == 0 || closers[n-1] != tok {
				return false // more lines would not mend it
			}
			closers = closers[:n-1]
		}
	}
	switch {
	case broken:
		return false
	case open || len(closers) > 0:
		return true
	}
	// The scanner ends each line that may end with a semicolon.
	return last != token.SEMICOLON && last != token.ILLEGAL
}

// Blank reports whether there is nothing in text but space and comments.
func Blank(text string) bool {
	var sc scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	broken := false
	sc.Init(file, []byte(text), func(token.Position, string) { broken = true }, 0)
	_, tok, _ := sc.Scan()
	return tok == token.EOF && !broken
}
