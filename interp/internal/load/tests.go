package load

import (
	"cmp"
	"go/ast"
	"go/doc"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tests are what a test binary of a package runs, in its order.
type Tests struct {
	Main                    *types.Func // TestMain, nil without
	Tests, Benchmarks, Fuzz []*types.Func
	Examples                []Example
}

// An Example is a func whose output is compared.
type Example struct {
	Func      *types.Func
	Output    string
	Unordered bool
}

// Tests returns the tests of a checked graph. An error is an ErrorList: a func whose name makes it a test, but not its type.
func (g *Graph) Tests() (*Tests, error) {
	t := &Tests{}
	var errs ErrorList
	for _, p := range []*Package{g.Root, g.XTest} {
		if p == nil {
			continue
		}
		for _, f := range p.Files {
			if !isTestFile(g, f) {
				continue
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
					errs = append(errs, t.add(g, p, fn)...)
				}
			}
			t.examples(p, f)
		}
	}
	return t, errs.err()
}

// HasTests reports whether there are test files, as far as they were asked for.
func (g *Graph) HasTests() bool {
	return g.XTest != nil || slices.ContainsFunc(g.Root.Files, func(f *ast.File) bool { return isTestFile(g, f) })
}

func isTestFile(g *Graph, f *ast.File) bool {
	return strings.HasSuffix(g.Fset.File(f.Package).Name(), "_test.go")
}

// add adds a func if it is a test.
func (t *Tests) add(g *Graph, p *Package, decl *ast.FuncDecl) ErrorList {
	var list *[]*types.Func
	kind := ""
	switch name := decl.Name.Name; {
	case isTest(name, "Test"):
		list, kind = &t.Tests, "T"
	case isTest(name, "Benchmark"):
		list, kind = &t.Benchmarks, "B"
	case isTest(name, "Fuzz"):
		list, kind = &t.Fuzz, "F"
	default:
		return nil
	}
	fn := p.Info.Defs[decl.Name].(*types.Func)
	if takes(fn, kind) {
		*list = append(*list, fn)
		return nil
	}
	at := g.Fset.Position(decl.Pos())
	if fn.Name() == "TestMain" {
		kind = "M"
		if takes(fn, kind) && t.Main != nil {
			return ErrorList{errorf(at, "multiple definitions of TestMain")}
		}
		if takes(fn, kind) {
			t.Main = fn
			return nil
		}
	}
	if fn.Signature().TypeParams().Len() > 0 {
		return ErrorList{errorf(at, "wrong signature for %s, test functions cannot have type parameters", fn.Name())}
	}
	return ErrorList{errorf(at, "wrong signature for %s, must be: func %s(%s *testing.%s)", fn.Name(), fn.Name(), strings.ToLower(kind), kind)}
}

// takes reports whether fn takes a *testing.T, or another kind, and nothing else.
func takes(fn *types.Func, kind string) bool {
	sig := fn.Signature()
	if sig.Params().Len() != 1 || sig.Results().Len() > 0 || sig.TypeParams().Len() > 0 || sig.Variadic() {
		return false
	}
	p, _ := types.Unalias(sig.Params().At(0).Type()).(*types.Pointer)
	if p == nil {
		return false
	}
	n, _ := types.Unalias(p.Elem()).(*types.Named)
	return n != nil && n.Obj().Name() == kind && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "testing"
}

// examples adds the examples of a file that say what they print.
func (t *Tests) examples(p *Package, f *ast.File) {
	all := doc.Examples(f)
	slices.SortFunc(all, func(a, b *doc.Example) int { return cmp.Compare(a.Order, b.Order) })
	for _, e := range all {
		fn, ok := p.Types.Scope().Lookup("Example" + e.Name).(*types.Func)
		if ok && (e.Output != "" || e.EmptyOutput) {
			t.Examples = append(t.Examples, Example{fn, e.Output, e.Unordered})
		}
	}
}

// isTest reports whether a name is the prefix, or goes on behind it with anything but a small letter.
func isTest(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLower(r)
}
