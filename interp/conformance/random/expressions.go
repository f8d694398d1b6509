package random

import (
	"fmt"
	"strings"
)

// expr is an expression of a type; depth bounds it. It is never a constant but where that cannot be wrong.
func (g *generator) expr(t *typ, depth int) string {
	if depth <= 0 || g.chance(15) {
		return g.leaf(t)
	}
	if g.chance(25) {
		if s, ok := g.selected(t); ok {
			return s
		}
	}
	if g.chance(12) {
		if s, ok := g.call(t, depth); ok {
			return s
		}
	}
	switch t.kind {
	case integer:
		return g.integer(t, depth)
	case float:
		return fmt.Sprintf("(%s %s %s)", g.variable(t), pick(g, []string{"+", "-", "*"}), g.expr(t, depth-1))
	case text:
		return g.text(depth)
	case truth:
		return g.truth(depth)
	case slice:
		return g.slice(t, depth)
	case closure:
		return g.closure(t, depth)
	case dynamic:
		return fmt.Sprintf("any(%s)", g.expr(pick(g, basics), depth-1))
	}
	return g.leaf(t)
}

// value is an expression that is surely no constant.
func (g *generator) value(t *typ, depth int) string {
	return fmt.Sprintf("(%s%s)", g.expr(t, depth), g.nothing(t))
}

// variable is one of the variables of a type, or a value made on the spot, which is no constant.
func (g *generator) variable(t *typ) string {
	var names []string
	for _, v := range g.scope {
		if v.typ.same(t) {
			names = append(names, v.name)
		}
	}
	if len(names) > 0 {
		return pick(g, names)
	}
	return fmt.Sprintf("*new(%s)", t)
}

// selected finds a value of the type inside of a variable: a field, an element, what a pointer points to. It may fault.
func (g *generator) selected(t *typ) (string, bool) {
	var found []string
	for _, v := range g.scope {
		switch v.typ.kind {
		case structure:
			for _, f := range v.typ.fields {
				if f.typ.same(t) {
					found = append(found, v.name+"."+f.name)
				}
			}
		case slice, array, mapping:
			if v.typ.elem.same(t) {
				found = append(found, g.element(v))
			}
		case pointer:
			if v.typ.elem.same(t) {
				found = append(found, "(*"+v.name+")")
			}
		case dynamic:
			if g.chance(30) {
				found = append(found, fmt.Sprintf("%s.(%s)", v.name, t))
			}
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return pick(g, found), true
}

// element is an element of a slice, array or map: mostly one that is there.
func (g *generator) element(v variable) string {
	switch {
	case v.typ.kind == mapping:
		return fmt.Sprintf("%s[%s]", v.name, g.expr(v.typ.key, 1))
	case v.typ.kind == array:
		return fmt.Sprintf("%s[uint(%s)%%%d]", v.name, g.value(intType, 1), v.typ.len)
	case g.chance(10):
		return fmt.Sprintf("%s[%s]", v.name, g.variable(intType))
	}
	return fmt.Sprintf("%s[uint(%s)%%uint(max(1, len(%s)))]", v.name, g.value(intType, 1), v.name)
}

func (g *generator) call(t *typ, depth int) (string, bool) {
	var found []*function
	for _, f := range g.funcs {
		if len(f.results) == 1 && f.results[0].same(t) && (g.inFunc == nil || len(g.loops) == 0) {
			found = append(found, f)
		}
	}
	var methods []string
	if t == intType {
		for _, v := range g.scope {
			if v.typ.kind == structure {
				methods = append(methods, v.name+"."+v.typ.method+pick(g, []string{"", "V"}))
			}
		}
	}
	var closures []variable
	for _, v := range g.scope {
		if v.typ.kind == closure && v.typ.elem.same(t) {
			closures = append(closures, v)
		}
	}
	switch n := g.rnd.IntN(3); {
	case n == 0 && len(found) > 0:
		f := pick(g, found)
		return fmt.Sprintf("%s(%s)", f.name, g.args(f, depth-1)), true
	case n == 1 && len(methods) > 0:
		return fmt.Sprintf("%s(%s)", pick(g, methods), g.expr(intType, depth-1)), true
	case n == 2 && len(closures) > 0:
		v := pick(g, closures)
		return fmt.Sprintf("%s(%s)", v.name, g.expr(v.typ.key, depth-1)), true
	}
	return "", false
}

func (g *generator) args(f *function, depth int) string {
	var args []string
	for _, p := range f.params {
		args = append(args, g.expr(p, depth))
	}
	return strings.Join(args, ", ")
}

func (g *generator) integer(t *typ, depth int) string {
	left := g.variable(t)
	switch g.rnd.IntN(10) {
	case 0:
		return fmt.Sprintf("(%s %s (%s | 1))", left, pick(g, []string{"/", "%"}), g.expr(t, depth-1))
	case 1:
		return fmt.Sprintf("(%s %s %s)", left, pick(g, []string{"/", "%"}), g.variable(t))
	case 2:
		return fmt.Sprintf("(%s %s (uint(%s) %% 70))", left, pick(g, []string{"<<", ">>"}), g.value(intType, depth-1))
	case 3:
		return fmt.Sprintf("(%s %s %d)", left, pick(g, []string{"<<", ">>"}), g.rnd.IntN(t.bits+2))
	case 4:
		return pick(g, []string{"-", "^"}) + left
	case 5:
		from := pick(g, basics)
		if from.kind == integer {
			return fmt.Sprintf("%s(%s)", t, g.value(from, depth-1))
		}
		return fmt.Sprintf("%s(len(%s))", t, g.expr(stringType, depth-1))
	case 6:
		return fmt.Sprintf("(%s %s %s)", left, pick(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), g.literal(t))
	case 7:
		return fmt.Sprintf("%s(%s, %s)", pick(g, []string{"min", "max"}), left, g.expr(t, depth-1))
	}
	return fmt.Sprintf("(%s %s %s)", left, pick(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), g.expr(t, depth-1))
}

func (g *generator) text(depth int) string {
	switch g.rnd.IntN(5) {
	case 0:
		return fmt.Sprintf("fmt.Sprint(%s)", g.expr(pick(g, basics[:9]), depth-1))
	case 1:
		v := g.variable(stringType)
		return fmt.Sprintf("(%s)[min(len(%s), int(uint(%s)%%5)):]", v, v, g.variable(intType))
	case 2:
		return fmt.Sprintf("string([]byte(%s))", g.variable(stringType))
	}
	return fmt.Sprintf("(%s + %s)", g.short(), g.short())
}

// short is a string that does not grow without bound.
func (g *generator) short() string {
	v := g.variable(stringType)
	return fmt.Sprintf("(%s)[:min(len(%s), %d)]", v, v, 3+g.rnd.IntN(9))
}

func (g *generator) truth(depth int) string {
	switch g.rnd.IntN(6) {
	case 0:
		return fmt.Sprintf("(%s %s %s)", g.expr(boolType, depth-1), pick(g, []string{"&&", "||"}), g.expr(boolType, depth-1))
	case 1:
		return "!" + g.variable(boolType)
	case 2:
		if v, ok := g.one(func(t *typ) bool { return t.comparable() && t.kind != float }); ok {
			return fmt.Sprintf("(%s %s %s)", v.name, pick(g, []string{"==", "!="}), g.parens(g.expr(v.typ, depth-1)))
		}
	case 3:
		t := pick(g, basics[:4])
		return fmt.Sprintf("(%s %s %s)", g.variable(t), pick(g, []string{"<", "<=", ">", ">=", "==", "!="}), g.literal(t))
	}
	for {
		if t := pick(g, basics); t.kind != truth {
			return fmt.Sprintf("(%s %s %s)", g.variable(t), pick(g, []string{"<", "<=", ">", ">=", "==", "!="}), g.expr(t, depth-1))
		}
	}
}

func (g *generator) parens(s string) string {
	if strings.HasSuffix(s, "}") {
		return "(" + s + ")"
	}
	return s
}

func (g *generator) slice(t *typ, depth int) string {
	v := g.variable(t)
	if strings.HasPrefix(v, "*") {
		return g.leaf(t)
	}
	switch g.rnd.IntN(4) {
	case 0:
		return fmt.Sprintf("%s[min(len(%s), %d):]", v, v, g.rnd.IntN(4))
	case 1:
		return fmt.Sprintf("%s[:min(len(%s), %d)]", v, v, 1+g.rnd.IntN(8))
	case 2:
		return fmt.Sprintf("append(%s[:min(len(%s), 9)], %s)", v, v, g.expr(t.elem, depth-1))
	}
	return g.leaf(t)
}

func (g *generator) closure(t *typ, depth int) string {
	p := g.fresh(t.key)
	g.scope = append(g.scope, p)
	body := ""
	if a, ok := g.one(func(t *typ) bool { return t.kind == integer }); ok && a.name != p.name {
		body = fmt.Sprintf("%s++; ", a.name)
	}
	s := fmt.Sprintf("func(%s %s) %s { %sreturn %s }", p.name, p.typ, t.elem, body, g.withoutCalls(t.elem, depth-1))
	g.scope = g.scope[:len(g.scope)-1]
	return s
}

// withoutCalls is an expression that calls nothing, so that closures do not go on for ever.
func (g *generator) withoutCalls(t *typ, depth int) string {
	funcs, scope := g.funcs, g.scope
	g.funcs = nil
	g.scope = nil
	for _, v := range scope {
		if v.typ.kind != closure && v.typ.kind != structure {
			g.scope = append(g.scope, v)
		}
	}
	s := g.expr(t, min(depth, 1))
	g.funcs, g.scope = funcs, scope
	return s
}

// one finds a variable that can be set and whose type is as wanted.
func (g *generator) one(want func(*typ) bool) (variable, bool) {
	var found []variable
	for _, v := range g.scope {
		if !v.fixed && want(v.typ) {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		return variable{}, false
	}
	return pick(g, found), true
}

// literal is a constant that fits.
func (g *generator) literal(t *typ) string {
	switch t.kind {
	case integer:
		n := 1 + g.rnd.IntN(100)
		if t.signed && g.chance(30) {
			return fmt.Sprint("(-", n, ")")
		}
		return fmt.Sprint(n)
	case float:
		return fmt.Sprintf("%d.%d", g.rnd.IntN(50), 1+g.rnd.IntN(9))
	case text:
		return fmt.Sprintf("%q", pick(g, []string{"", "a", "héé", "xyz", "€uro", "0", "longer text"}))
	case truth:
		return pick(g, []string{"true", "false"})
	}
	return "nil"
}

// leaf is a simple value of a type.
func (g *generator) leaf(t *typ) string {
	if v := g.variable(t); !strings.HasPrefix(v, "*") && g.chance(70) {
		return v
	}
	elements := func(n int) string {
		var l []string
		for range n {
			l = append(l, g.leaf(t.elem))
		}
		return strings.Join(l, ", ")
	}
	switch t.kind {
	case integer, float, text, truth:
		return fmt.Sprintf("%s(%s)", t, g.literal(t))
	case slice:
		return fmt.Sprintf("%s{%s}", t, elements(g.rnd.IntN(5)))
	case array:
		return fmt.Sprintf("%s{%s}", t, elements(g.rnd.IntN(t.len+1)))
	case mapping:
		return fmt.Sprintf("%s{%s: %s}", t, fmt.Sprintf("%s(%s)", t.key, g.literal(t.key)), g.leaf(t.elem))
	case structure:
		f := pick(g, t.fields)
		return fmt.Sprintf("%s{%s: %s}", t, f.name, g.leaf(f.typ))
	case pointer:
		if g.chance(10) {
			return fmt.Sprintf("(%s)(nil)", t)
		}
		return fmt.Sprintf("new(%s)", t.elem)
	case closure:
		return fmt.Sprintf("func(%s) %s { return %s }", t.key, t.elem, g.literal(t.elem))
	}
	return fmt.Sprintf("any(%s)", g.leaf(pick(g, basics)))
}
