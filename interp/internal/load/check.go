package load

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/rgo-project/rgo/interp/internal/order"
)

// Check type-checks the packages of g, and sets their Types and Info. What they import besides each other comes from imp. An error is an ErrorList.
func (g *Graph) Check(imp Importer) error {
	var errs ErrorList
	checked := map[string]*types.Package{}
	from := importerFunc(func(path string) (*types.Package, error) {
		if pkg := checked[path]; pkg != nil {
			return pkg, nil
		}
		return imp.Import(path)
	})
	for _, p := range g.Packages {
		if slices.ContainsFunc(p.Imports, func(q *Package) bool { return q.faulty }) {
			p.faulty = true // as the go command does, whose errors these would be is told once
			continue
		}
		if len(p.errs) == 0 {
			p.check(g, from, imp.Context())
		}
		if len(p.errs) > 0 {
			p.faulty = true
			errs = append(errs, told(p.errs)...)
			continue
		}
		checked[p.Path] = p.Types
	}
	return errs.err()
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// check checks p, whose imports are checked.
func (p *Package) check(g *Graph, imp types.Importer, in *types.Context) {
	conf := types.Config{
		Context:   in,
		Importer:  imp,
		GoVersion: p.tree.lang,
		Sizes:     types.SizesFor("gc", g.opts.GOARCH),
		Error:     func(err error) { p.note(g, err) },
	}
	p.Info = &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
	p.Types, _ = conf.Check(p.typesPath(g), g.Fset, p.Files, p.Info) // note has the errors
	if len(p.errs) > 0 {
		return
	}
	if p == g.Root && g.Program() && p.Types.Scope().Lookup("main") == nil {
		p.errs = append(p.errs, &Error{Package: p.label(g), Msg: "function main is undeclared in the main package"})
	}
	for _, e := range p.Embeds {
		e.Var = p.Info.Defs[e.Name].(*types.Var)
		if why := e.unfit(); why != "" {
			p.errs = append(p.errs, &Error{Package: p.label(g), Pos: g.Fset.Position(e.Name.Pos()), Msg: why})
		}
	}
	for _, f := range p.Files {
		order.File(f, p.Info, p.Types)
	}
}

// Program reports whether Root is to be run as a program: by its main.
func (g *Graph) Program() bool { return g.Root.Name == "main" && !g.Root.tests }

// typesPath is the path that types of p have: programs are called main.
func (p *Package) typesPath(g *Graph) string {
	if p == g.Root && g.Program() {
		return "main"
	}
	return p.Path
}

var tooOld = regexp.MustCompile(` requires go1\.\d+ or later$`)

// note takes an error of the checker. Further places of an error come as errors of their own that begin with a tab.
func (p *Package) note(g *Graph, err error) {
	e, ok := err.(types.Error)
	if !ok {
		p.errs = append(p.errs, &Error{Package: p.label(g), Msg: err.Error()})
		return
	}
	note := &Error{Package: p.label(g), Pos: e.Fset.Position(e.Pos), Msg: e.Msg}
	if tooOld.MatchString(e.Msg) {
		note.Msg += fmt.Sprintf(" (-lang was set to %s; check go.mod)", p.tree.lang)
	}
	if n := len(p.errs); n > 0 && strings.HasPrefix(e.Msg, "\t") {
		p.errs[n-1].Msg += "\n\t" + note.Place().String() + ": " + strings.TrimPrefix(e.Msg, "\t")
		return
	}
	p.errs = append(p.errs, note)
}

// unfit says why the variable cannot be filled; empty if it can.
func (e *Embed) unfit() string {
	t := e.Var.Type()
	named, _ := types.Unalias(t).(*types.Named)
	if named != nil && named.Obj().Name() == "FS" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "embed" {
		return ""
	}
	kind := ""
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.String {
			kind = "string"
		}
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
			kind = "[]byte"
		}
	}
	here := types.RelativeTo(e.Var.Pkg())
	switch {
	case kind == "":
		return "go:embed cannot apply to var of type " + types.TypeString(t, here)
	case len(e.Files) > 1:
		return fmt.Sprintf("invalid go:embed: multiple files for type %s", types.TypeString(t, here))
	}
	return ""
}
