package random

import (
	"fmt"
	"strings"
)

// statements writes n statements; what they declare can be used by those after them.
func (g *generator) statements(n int) {
	for range n {
		g.statement()
	}
}

// block writes statements with a scope of their own.
func (g *generator) block(n int) {
	mark := len(g.scope)
	g.depth++
	g.statements(n)
	g.depth--
	g.scope = g.scope[:mark]
}

func (g *generator) statement() {
	few := 1 + g.rnd.IntN(3)
	choice := g.rnd.IntN(20)
	if g.depth > 2 && choice > 9 {
		choice = g.rnd.IntN(10)
	}
	switch choice {
	case 0, 1, 2:
		g.declaration()
	case 3, 4, 5, 6:
		g.assignment()
	case 7:
		g.parallel()
	case 8:
		g.opAssignment()
	case 9:
		g.jump()
	case 10, 11:
		g.open("if %s", g.expr(boolType, 2))
		g.block(few)
		if g.chance(50) {
			g.indent--
			g.open("} else")
			g.block(few)
		}
		g.close()
	case 12:
		g.loop()
	case 13:
		g.rangeLoop()
	case 14:
		g.switchStatement()
	case 15:
		g.typeSwitch()
	case 16:
		g.multiCall()
	case 17:
		g.open("")
		g.block(few)
		g.close()
	case 18:
		g.guarded()
	case 19:
		g.print(max(0, len(g.scope)-2))
	}
}

func (g *generator) declaration() {
	v := g.fresh(g.anyType(2))
	value := g.expr(v.typ, 3)
	switch g.rnd.IntN(3) {
	case 0:
		g.line("var %s %s = %s", v.name, v.typ, value)
	case 1:
		g.line("var %s %s", v.name, v.typ)
		g.line("%s = %s", v.name, value)
	default:
		g.line("%s := (%s)(%s)", v.name, v.typ, value)
	}
	g.line("_ = %s", v.name)
	g.scope = append(g.scope, v)
}

// place is something that can be assigned to.
func (g *generator) place() (string, *typ, bool) {
	v, ok := g.one(func(*typ) bool { return true })
	if !ok {
		return "", nil, false
	}
	switch {
	case (v.typ.kind == slice || v.typ.kind == array || v.typ.kind == mapping) && g.chance(60):
		return g.element(v), v.typ.elem, true
	case v.typ.kind == pointer && g.chance(60):
		return "*" + v.name, v.typ.elem, true
	}
	name, t := g.field(v)
	return name, t, true
}

// field is a variable or a field of it: what can be assigned to without a fault.
func (g *generator) field(v variable) (string, *typ) {
	if v.typ.kind == structure && g.chance(60) {
		f := pick(g, v.typ.fields)
		return v.name + "." + f.name, f.typ
	}
	return v.name, v.typ
}

func (g *generator) assignment() {
	if p, t, ok := g.place(); ok {
		g.line("%s = %s", p, g.expr(t, 3))
	}
}

func (g *generator) parallel() {
	v, ok := g.one(func(*typ) bool { return true })
	if !ok {
		return
	}
	w, _ := g.one(func(*typ) bool { return true })
	p, t := g.field(v)
	q, u := g.field(w)
	if g.chance(50) && t.same(u) {
		g.line("%s, %s = %s, %s", p, q, q, p)
		return
	}
	g.line("%s, %s = %s, %s", p, q, g.leaf(t), g.leaf(u)) // nothing that faults: gc is free to have assigned the first by then
}

func (g *generator) opAssignment() {
	v, ok := g.one(func(t *typ) bool { return t.kind == integer || t.kind == float })
	switch {
	case !ok:
	case v.typ.kind == float:
		g.line("%s %s= %s", v.name, pick(g, []string{"+", "-", "*"}), g.expr(v.typ, 1))
	case g.chance(30):
		g.line("%s%s", v.name, pick(g, []string{"++", "--"}))
	default:
		g.line("%s %s= %s", v.name, pick(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), g.expr(v.typ, 2))
	}
}

// loop counts, and may be left or gone on with from inside.
func (g *generator) loop() {
	v := variable{name: g.name("i"), typ: intType, fixed: true}
	n := 1 + g.rnd.IntN(6)
	g.enterLoop(fmt.Sprintf("for %s := 0; %s < %d; %s++", v.name, v.name, n, v.name), v)
}

func (g *generator) rangeLoop() {
	over, ok := g.one(func(t *typ) bool { return t.kind == slice || t.kind == array || t.kind == text })
	i := variable{name: g.name("i"), typ: intType, fixed: true}
	if !ok || g.chance(30) {
		g.enterLoop(fmt.Sprintf("for %s := range %d", i.name, 1+g.rnd.IntN(5)), i)
		return
	}
	elem := over.typ.elem
	if over.typ.kind == text {
		elem = basics[9]
	}
	x := g.fresh(elem)
	text := over.name
	if over.typ.kind != array {
		text = fmt.Sprintf("%s[:min(len(%s), 5)]", over.name, over.name)
	}
	g.enterLoop(fmt.Sprintf("for %s, %s := range %s", i.name, x.name, text), i, x)
}

func (g *generator) enterLoop(header string, vars ...variable) {
	label := ""
	if g.chance(40) {
		label = g.name("L")
		g.line("%s:", label)
	}
	g.open("%s", header)
	mark := len(g.scope)
	g.scope = append(g.scope, vars...)
	for _, v := range vars {
		g.line("_ = %s", v.name)
	}
	g.loops = append(g.loops, label)
	g.block(1 + g.rnd.IntN(3))
	g.loops = g.loops[:len(g.loops)-1]
	if label != "" {
		g.line("if %s { continue %s }", g.expr(boolType, 1), label)
	}
	g.scope = g.scope[:mark]
	g.close()
}

// jump leaves or goes on with a loop around.
func (g *generator) jump() {
	if len(g.loops) == 0 {
		g.assignment()
		return
	}
	to := ""
	if l := pick(g, g.loops); l != "" {
		to = " " + l
	}
	g.line("if %s { %s%s }", g.expr(boolType, 1), pick(g, []string{"break", "continue"}), to)
}

func (g *generator) switchStatement() {
	v, ok := g.one(func(t *typ) bool { return t.kind == integer || t.kind == text })
	if !ok {
		return
	}
	g.line("switch %s {", v.name)
	for i := range 1 + g.rnd.IntN(4) {
		// cases of one switch must not be the same constants
		g.line("case %s, %s:", g.caseOf(v.typ, 2*i), g.expr(v.typ, 1)+g.nothing(v.typ))
		g.indent++
		g.block(1)
		if g.chance(15) {
			g.line("fallthrough")
		}
		g.indent--
	}
	g.line("default:")
	g.indent++
	g.block(1)
	g.indent--
	g.line("}")
}

func (g *generator) caseOf(t *typ, i int) string {
	if t.kind == text {
		return fmt.Sprintf("%q", strings.Repeat("a", i))
	}
	return fmt.Sprint(i)
}

// nothing keeps an expression from being a constant.
func (g *generator) nothing(t *typ) string {
	if t.kind == text {
		return " + *new(string)"
	}
	return fmt.Sprintf(" + *new(%s)", t)
}

func (g *generator) typeSwitch() {
	v, ok := g.one(func(t *typ) bool { return t.kind == dynamic })
	if !ok {
		return
	}
	x := g.name("x")
	g.line("switch %s := %s.(type) {", x, v.name)
	for _, t := range []*typ{intType, stringType, pick(g, basics[7:])} {
		g.line("case %s:", t)
		g.indent++
		mark := len(g.scope)
		g.scope = append(g.scope, variable{name: x, typ: t})
		g.line("_ = %s", x)
		g.block(1)
		g.scope = g.scope[:mark]
		g.indent--
	}
	g.line("default:")
	g.line("\t_ = %s", x)
	g.line("}")
}

// multiCall takes all results of a func.
func (g *generator) multiCall() {
	if len(g.funcs) == 0 || g.inFunc != nil && len(g.loops) > 0 {
		return
	}
	f := pick(g, g.funcs)
	call := fmt.Sprintf("%s(%s)", f.name, g.args(f, 2))
	if len(f.results) == 0 {
		g.line("%s%s", pick(g, []string{"", "defer "}), call)
		return
	}
	var names []string
	var vars []variable
	for _, t := range f.results {
		v := g.fresh(t)
		vars = append(vars, v)
		names = append(names, v.name)
	}
	g.line("%s := %s", strings.Join(names, ", "), call)
	g.line("%s = %s", strings.Repeat("_, ", len(names)-1)+"_", strings.Join(names, ", "))
	g.scope = append(g.scope, vars...)
}

// guarded runs statements in a func of their own that recovers.
func (g *generator) guarded() {
	loops, in := g.loops, g.inFunc
	g.loops = nil
	g.open("try(func()")
	g.block(1 + g.rnd.IntN(3))
	g.indent--
	g.line("})")
	g.loops, g.inFunc = loops, in
}

func (g *generator) returnStatement() {
	var values []string
	for _, t := range g.inFunc.results {
		values = append(values, g.expr(t, 2))
	}
	g.line("return %s", strings.Join(values, ", "))
}
