package front

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
)

// hint says what an undefined name may have been meant to be.
func (c *checking) hint(e types.Error, code int64) string {
	switch code {
	case undeclared:
		name := strings.TrimPrefix(e.Msg, "undefined: ")
		if c.in.shared[name] && c.inDecl(e.Pos) {
			return " here: the types and constants of an input come before its statements"
		}
		if !c.in.beforeDot[name] {
			return didYouMean(name, c.names())
		}
		return didYouMean(name, append(c.names(), c.packages()...))
	case undeclaredIn, missingMember:
		return c.memberHint(e)
	case unknownField:
		return c.fieldHint(e)
	}
	if _, after, ok := strings.Cut(e.Msg, "could not import "); ok {
		p, _, _ := strings.Cut(after, " ")
		return didYouMean(p, c.paths())
	}
	return ""
}

func (c *checking) inDecl(pos token.Pos) bool {
	return slices.ContainsFunc(c.in.decls, func(d ast.Decl) bool { return d.Pos() <= pos && pos < d.End() })
}

// names are those of the session and of the input, and those that Go declares.
func (c *checking) names() []string {
	names := append(types.Universe.Names(), c.f.Names()...)
	for id, obj := range c.in.info.Defs {
		if v, ok := obj.(*types.Var); !ok || !v.IsField() {
			names = append(names, id.Name)
		}
	}
	return names
}

// memberHint looks for what is like the member after a dot.
func (c *checking) memberHint(e types.Error) string {
	if strings.Contains(e.Msg, ", but does have ") {
		return "" // the checker has found it by its letters
	}
	sel := c.selectorAt(e.Pos)
	if sel == nil {
		return ""
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		if p, ok := c.in.info.Uses[id].(*types.PkgName); ok {
			hint := didYouMean(sel.Sel.Name, p.Imported().Scope().Names())
			return strings.Replace(hint, "did you mean ", "did you mean "+p.Name()+".", 1)
		}
	}
	if t := c.in.info.Types[sel.X].Type; t != nil {
		return didYouMean(sel.Sel.Name, members(t))
	}
	return ""
}

// fieldHint looks for what is like the field that a literal names.
func (c *checking) fieldHint(e types.Error) string {
	if strings.Contains(e.Msg, ", but does have ") {
		return ""
	}
	hint := ""
	c.inspect(func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		for _, x := range lit.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok && kv.Key.Pos() == e.Pos {
				hint = didYouMean(types.ExprString(kv.Key), fields(c.in.info.Types[lit.Type].Type))
			}
		}
		return true
	})
	return hint
}

func fields(t types.Type) (names []string) {
	if t == nil {
		return nil
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			names = append(names, f.Name())
		}
	}
	return names
}

func (c *checking) selectorAt(pos token.Pos) (found *ast.SelectorExpr) {
	c.inspect(func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Pos() == pos {
			found = sel
		}
		return found == nil
	})
	return found
}

// inspect goes through all that the user has written.
func (c *checking) inspect(visit func(ast.Node) bool) {
	for _, s := range c.in.stmts {
		ast.Inspect(s, visit)
	}
	for _, d := range c.in.decls {
		ast.Inspect(d, visit)
	}
}

func (c *checking) paths() []string {
	if c.f.config.Paths == nil {
		return nil
	}
	return c.f.config.Paths()
}

func (c *checking) packages() []string {
	var names []string
	for _, p := range c.paths() {
		names = append(names, path.Base(p))
	}
	return names
}

// didYouMean names what differs from name in a letter or two.
func didYouMean(name string, names []string) string {
	limit := 1
	if len(name) > 5 {
		limit = 2
	}
	best := ""
	slices.Sort(names)
	for _, n := range names {
		if n == name || len(name) < 3 || n == "_" {
			continue
		}
		if d := distance(name, n, limit); d <= limit && (best == "" || d < distance(name, best, limit)) {
			best = n
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// distance is the number of letters to change, add, leave out or swap with the next to make b of a; more than limit if it is.
func distance(a, b string, limit int) int {
	if abs(len(a)-len(b)) > limit {
		return limit + 1
	}
	a, b = strings.ToLower(a), strings.ToLower(b)
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			same := 1
			if a[i] == b[j] {
				same = 0
			}
			row[j+1] = min(last[j]+same, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int { return max(n, -n) }
