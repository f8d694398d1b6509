package random

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Program makes the program of a seed.
func Program(seed uint64) string {
	g := &generator{rnd: rand.New(rand.NewPCG(seed, 1))}
	return g.program()
}

// generator writes one program.
type generator struct {
	rnd     *rand.Rand
	out     strings.Builder
	indent  int
	names   int
	structs []*typ
	funcs   []*function
	scope   []variable
	loops   []string // labels of the loops around, "" for those that have none
	depth   int      // of statements in each other
	inFunc  *function
}

// variable is something that expressions can read and, unless it is fixed, statements can set.
type variable struct {
	name  string
	typ   *typ
	fixed bool
}

// function is a declared func. It may only call those declared before it, so that all comes to an end.
type function struct {
	name    string
	params  []*typ
	results []*typ
}

func (g *generator) program() string {
	g.line("package main")
	g.line("")
	g.line(`import "fmt"`)
	g.line("")
	for range 2 + g.rnd.IntN(3) {
		g.structType()
	}
	for range 2 + g.rnd.IntN(4) {
		v := g.fresh(g.anyType(2))
		g.line("var %s %s", v.name, v.typ)
		g.scope = append(g.scope, v)
	}
	g.line("")
	g.line("// try runs f and tells what it panics with.")
	g.open("func try(f func())")
	g.line("defer func() { if r := recover(); r != nil { fmt.Println(\"fault:\", r) } }()")
	g.line("f()")
	g.close()
	for range 2 + g.rnd.IntN(5) {
		g.function()
	}
	g.main()
	return g.out.String()
}

func (g *generator) line(format string, args ...any) {
	text := strings.Repeat("\t", g.indent) + fmt.Sprintf(format, args...)
	g.out.WriteString(strings.TrimRight(text, "\t") + "\n")
}

func (g *generator) open(format string, args ...any) {
	g.line(format+" {", args...)
	g.indent++
}

func (g *generator) close() {
	g.indent--
	g.line("}")
}

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprint(prefix, g.names)
}

func (g *generator) fresh(t *typ) variable { return variable{name: g.name("v"), typ: t} }

// chance is true n times out of 100.
func (g *generator) chance(n int) bool { return g.rnd.IntN(100) < n }

func pick[T any](g *generator, from []T) T { return from[g.rnd.IntN(len(from))] }

func (g *generator) function() {
	f := &function{name: g.name("f")}
	var params []string
	mark := len(g.scope)
	for range g.rnd.IntN(5) {
		v := g.fresh(g.anyType(2))
		f.params = append(f.params, v.typ)
		params = append(params, v.name+" "+v.typ.String())
		g.scope = append(g.scope, v)
	}
	var results []string
	named := g.chance(40)
	for range g.rnd.IntN(4) {
		v := g.fresh(g.anyType(2))
		f.results = append(f.results, v.typ)
		if named {
			results = append(results, v.name+" "+v.typ.String())
			g.scope = append(g.scope, v)
		} else {
			results = append(results, v.typ.String())
		}
	}
	g.line("")
	g.open("func %s(%s) (%s)", f.name, strings.Join(params, ", "), strings.Join(results, ", "))
	g.inFunc = f
	if named && len(results) > 0 && g.chance(50) {
		g.open("defer func()")
		g.assignment()
		g.indent--
		g.line("}()")
	}
	g.statements(3 + g.rnd.IntN(6))
	g.returnStatement()
	g.close()
	g.inFunc = nil
	g.scope = g.scope[:mark]
	g.funcs = append(g.funcs, f)
}

func (g *generator) main() {
	g.line("")
	g.open("func main()")
	mark := len(g.scope)
	for range 3 + g.rnd.IntN(4) {
		g.open("try(func()")
		g.statements(4 + g.rnd.IntN(6))
		g.print(mark)
		g.scope = g.scope[:mark]
		g.indent--
		g.line("})")
	}
	g.print(0)
	g.close()
}

// print prints the variables from index from.
func (g *generator) print(from int) {
	var names []string
	for _, v := range g.scope[from:] {
		if v.typ.printable() {
			names = append(names, v.name)
		}
	}
	for len(names) > 0 {
		n := min(len(names), 6)
		g.line(`fmt.Printf("%s\n", %s)`, strings.Repeat("%+v ", n), strings.Join(names[:n], ", "))
		names = names[n:]
	}
}
