package front

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"regexp"
	"strings"
)

// Codes of the checker's errors, as its own package numbers them for good.
const (
	unusedImport   = 8
	undeclared     = 75 // name
	undeclaredIn   = 73 // a package
	missingMember  = 76
	unknownField   = 66 // of a struct, in a literal
	unusedExpr     = 100
	unusedVariable = 101
	unusedLabel    = 122
)

func codeOf(e types.Error) int64 {
	if code := reflect.ValueOf(e).FieldByName("go116code"); code.IsValid() {
		return code.Int()
	}
	return 0
}

// report takes an error of the checker.
func (c *checking) report(err error) {
	var e types.Error
	if !errors.As(err, &e) {
		c.in.fail(c.in.start(), err.Error())
		return
	}
	code := codeOf(e)
	if code == undeclared && e.Pos == c.end {
		c.share() // the statements have been checked
		return
	}
	if c.forgiven(e, code) {
		return
	}
	if more, ok := strings.CutPrefix(e.Msg, "\t"); ok {
		c.addLine(e, more)
		return
	}
	c.in.fail(e.Pos, c.message(e, code))
}

// forgiven are what a compiler calls errors and a person at a prompt is free to do, and what only comes of how inputs are checked.
func (c *checking) forgiven(e types.Error, code int64) bool {
	switch code {
	case unusedVariable, unusedLabel, unusedImport:
		return c.in.file == nil
	case unusedExpr:
		return c.values[e.Pos]
	}
	return false
}

// addLine adds to the last error where else to look.
func (c *checking) addLine(e types.Error, more string) {
	if at := c.in.fset.Position(e.Pos); at.IsValid() && len(c.in.errs) > 0 {
		last := c.in.errs[len(c.in.errs)-1]
		last.Msg += "\n\t" + at.String() + ": " + more
	}
}

// twoOfOneName is what the checker says of values of a type that has been declared anew.
var twoOfOneName = regexp.MustCompile(`of (?:\w+ )?type \*?(\w+)\) as \*?(\w+) value`)

// message puts an error into the user's words.
func (c *checking) message(e types.Error, code int64) string {
	msg := e.Msg
	if name, ok := strings.CutPrefix(msg, "undefined: "); ok && code == undeclared && c.in.beforeDot[name] {
		switch paths := c.f.config.Packages(name); len(paths) {
		case 0:
		case 1:
			if _, err := c.f.config.Importer.Import(paths[0]); err != nil { // or it would not be undefined
				return msg + ": " + err.Error()
			}
		default:
			return fmt.Sprintf("%s may be any of %s: import the one you mean, as in  import %q", name, strings.Join(paths, ", "), paths[0])
		}
	}
	if m := twoOfOneName.FindStringSubmatch(msg); m != nil && m[1] == m[2] {
		msg += ": " + m[1] + " was declared anew, and these are two types"
	}
	return msg + c.hint(e, code)
}
