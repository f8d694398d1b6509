package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
	"github.com/rgo-project/rgo/interp/symbols"
)

// checked type-checks statements of a func, which may use any package by its name.
func checked(t *testing.T, imp *check.Importer, imports, stmts string) (*types.Package, *types.Info, error) {
	t.Helper()
	var b strings.Builder
	b.WriteString("package main\n")
	for path := range strings.FieldsSeq(imports) {
		b.WriteString("import \"" + path + "\"\n")
	}
	b.WriteString("type mine struct { a int; b string }\nfunc (m mine) String() string { return m.b }\nfunc (m mine) Error() string { return m.b }\n")
	b.WriteString("func main() {\n" + stmts + "\n}\n")
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", b.String(), 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{}}
	pkg, err := (&types.Config{Importer: imp}).Check("main", fset, []*ast.File{file}, info)
	return pkg, info, err
}

// TestGenericCode checks code that uses generic names of the library, at the session's own types too.
func TestGenericCode(t *testing.T) {
	for _, code := range []struct{ imports, stmts string }{
		{"slices cmp", `x := []mine{}; slices.SortFunc(x, func(a, b mine) int { return cmp.Compare(a.a, b.a) }); var _ []mine = slices.Clone(x)`},
		{"slices strings", `var lines []string = slices.Collect(strings.SplitSeq("a b", " ")); _ = lines; for part := range strings.SplitSeq("a", "") { _ = part + "" }`},
		{"slices maps", `var names []string = slices.Sorted(maps.Keys(map[string]mine{})); _ = names; for k, v := range maps.All(map[int]mine{}) { _, _ = k+1, v.b }`},
		{"iter bytes", `var seq iter.Seq[[]byte] = bytes.Lines(nil); next, stop := iter.Pull(seq); defer stop(); b, ok := next(); _, _ = string(b), !ok`},
		{"sync", `one := sync.OnceValue(func() mine { return mine{} }); var _ string = one().b`},
		{"sync/atomic", `var p atomic.Pointer[mine]; p.Store(&mine{}); _ = p.Load().b; _ = p.CompareAndSwap(nil, nil)`},
		{"unique", `h := unique.Make(mine{}); var _ mine = h.Value(); _ = h == unique.Make(mine{b: "x"})`},
		{"weak runtime", `m := &mine{}; w := weak.Make(m); var _ *mine = w.Value(); runtime.AddCleanup(m, func(n int) {}, 3).Stop()`},
		{"errors fmt", `if e, ok := errors.AsType[mine](fmt.Errorf("%w", mine{})); ok { _ = e.b }`},
		{"reflect", `var _ reflect.Type = reflect.TypeFor[mine](); m, ok := reflect.TypeAssert[mine](reflect.ValueOf(mine{})); _, _ = m.b, ok`},
		{"reflect", `for i, f := range reflect.ValueOf(mine{}).Fields() { _, _ = i.Name, f.Int() }; for t := range reflect.TypeFor[func(int)]().Ins() { _ = t.Name() }`},
		{"math/rand/v2 time", `var d time.Duration = rand.N(3 * time.Second); _ = d`},
		{"database/sql", `var n sql.Null[mine]; _ = n.V.b; _ = n.Scan(nil)`},
		{"hash/maphash", `var h maphash.Hash; maphash.WriteComparable(&h, mine{}); _ = maphash.Comparable(maphash.MakeSeed(), mine{})`},
		{"crypto/hkdf crypto/pbkdf2 crypto/sha256", `_, _ = hkdf.Key(sha256.New, nil, nil, "", 3); _, _ = pbkdf2.Key(sha256.New, "", nil, 1, 2)`},
		{"go/ast go/types go/parser", `f, _ := parser.ParseExpr("1"); for n := range ast.Preorder(f) { _ = n.Pos() }; var s *types.Scope; for c := range s.Children() { _ = c.Names() }; _ = types.ExprString(f)`},
		{"go/ast go/token", `var e ast.Expr = &ast.Ident{}; var n ast.Node = e; _, _ = n.(ast.Stmt); var _ token.Pos = e.Pos(); _ = ast.Spec(&ast.ImportSpec{})`},
	} {
		if _, _, err := checked(t, importer(), code.imports, code.stmts); err != nil {
			t.Errorf("%s: %v", code.stmts, err)
		}
	}
}

// TestGenericErrors has the checker refuse what the compiler refuses, in its words.
func TestGenericErrors(t *testing.T) {
	for _, code := range []struct{ imports, stmts, want string }{
		{"slices", `slices.Sort([]mine{})`, "mine does not satisfy cmp.Ordered"},
		{"slices", `slices.Contains([]func(){}, nil)`, "func() does not satisfy comparable"},
		{"slices strings", `var _ []int = slices.Collect(strings.SplitSeq("", ""))`, "cannot use slices.Collect(strings.SplitSeq(\"\", \"\")) (value of type []string) as []int value"},
		{"sync/atomic", `var p atomic.Pointer[mine]; p.Store(3)`, "cannot use 3 (untyped int constant) as *mine value"},
		{"go/ast", `var _ ast.Expr = &ast.ImportSpec{}`, "missing method exprNode"},
		{compiled.Path, `compiled.Weak(nil)`, "no package"},
	} {
		_, _, err := checked(t, importer(), code.imports, code.stmts)
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "main.", ""), code.want) {
			t.Errorf("%s: %v, want %s", code.stmts, err, code.want)
		}
	}
}

// TestEmbedding embeds types of the library beside each other: which method is meant goes by how deep each one is.
func TestEmbedding(t *testing.T) {
	for _, code := range []struct{ imports, stmts, want string }{
		{"bufio net", `var c struct { net.Conn; *bufio.ReadWriter }; _, _ = c.Read(nil); _, _ = c.ReadString(0)`, ""},
		{"bufio net", `var c struct { net.Conn; *bufio.Reader }; _, _ = c.Read(nil)`, "ambiguous selector c.Read"},
		{"testing", `type fake struct{ testing.TB }; var _ testing.TB = fake{}; var t testing.T; t.Log()`, ""},
		{"testing", `type fake struct{}; var _ testing.TB = fake{}`, "missing method ArtifactDir"},
		{"go/ast", `type mark struct{ *ast.Ident }; var _ ast.Expr = mark{}`, ""},
		{"crypto/ecdsa", `var k ecdsa.PrivateKey; _ = k.Equal(nil); _ = k.PublicKey.Equal(nil)`, ""},
	} {
		_, _, err := checked(t, importer(), code.imports, code.stmts)
		if code.want == "" && err != nil || code.want != "" && (err == nil || !strings.Contains(err.Error(), code.want)) {
			t.Errorf("%s: %v, want %s", code.stmts, err, code.want)
		}
	}
}

// TestSpelling has bytes and runes called so where the library's source does.
func TestSpelling(t *testing.T) {
	for _, code := range []struct{ imports, stmts, want string }{
		{"os", `_ = os.WriteFile("x", "text", 0o644)`, "as []byte value in argument to os.WriteFile"},
		{"strings", `_ = strings.ContainsRune("a", "b")`, "as rune value in argument to strings.ContainsRune"},
		{"bufio", `var w *bufio.Writer; w.WriteByte("x")`, "as byte value in argument to w.WriteByte"},
		{"image/color", `_ = color.Gray{Y: "x"}`, "as uint8 value in struct literal"},
		{"sync/atomic", `_ = atomic.AddInt32(nil, "x")`, "as int32 value in argument to atomic.AddInt32"},
		{"unicode/utf8", `var _ string = utf8.AppendRune(nil, 'x')`, "(value of type []byte) as string value"},
		{"io", `var _ io.Reader = 3`, "missing method Read"},
	} {
		_, _, err := checked(t, importer(), code.imports, code.stmts)
		if err == nil || !strings.Contains(err.Error(), code.want) {
			t.Errorf("%s: %v, want %s", code.stmts, err, code.want)
		}
	}
}

// TestGenericSource finds the source of a generic func by the package that its object is of.
func TestGenericSource(t *testing.T) {
	imp := importer()
	_, info, err := checked(t, imp, "slices maps", `_ = slices.Sorted(maps.Keys(map[string]int{}))`)
	if err != nil {
		t.Fatal(err)
	}
	for id, inst := range info.Instances {
		files, of, ok := imp.Generic(info.Uses[id].Pkg())
		if !ok || inst.TypeArgs.Len() == 0 {
			t.Errorf("%s has no source", id.Name)
			continue
		}
		if !declares(files, of, info.Uses[id]) {
			t.Errorf("%s is not declared in its package", id.Name)
		}
	}
	slices, err := imp.Import("slices")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := imp.Generic(slices); ok {
		t.Error("the compiled package has source")
	}
	if len(slices.Imports()) != 1 || slices.Imports()[0] != slices.Scope().Lookup("Sort").Pkg() {
		t.Errorf("the compiled package imports %v", slices.Imports())
	}
}

func declares(files []*ast.File, info *types.Info, obj types.Object) bool {
	for _, file := range files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && info.Defs[fn.Name] == obj {
				return true
			}
		}
	}
	return false
}

// TestAnyOrder imports all packages in many orders: what is made while something else is in the making must be whole all the same.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(20) {
		imp := importer()
		paths := symbols.Std()
		r := rand.New(rand.NewPCG(seed, 2))
		r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		for _, path := range paths {
			if _, err := imp.Import(path); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		for _, rt := range []reflect.Type{
			reflect.TypeFor[iter.Seq[reflect.Value]](), reflect.TypeFor[iter.Seq[string]](), reflect.TypeFor[iter.Seq2[reflect.Value, reflect.Value]](),
			reflect.TypeFor[iter.Seq[ast.Node]](), reflect.TypeFor[iter.Seq[*types.Var]](), reflect.TypeFor[atomic.Pointer[token.File]](),
		} {
			n, ok := imp.Type(rt).(*types.Named)
			if !ok || n.TypeArgs().Len() == 0 || !strings.HasPrefix(n.Obj().Name(), strings.Split(rt.Name(), "[")[0]) {
				t.Fatalf("seed %d: %s is %v", seed, rt, imp.Type(rt))
			}
			if back, ok := imp.Reflect(n); !ok || back != rt {
				t.Fatalf("seed %d: %s comes back as %v", seed, rt, back)
			}
		}
	}
}

// TestReflect goes from the checker's types to the compiled ones, and finds none for instances that were never compiled.
func TestReflect(t *testing.T) {
	imp := importer()
	_, info, err := checked(t, imp, "iter net/http sync/atomic io", `
		var strings iter.Seq[string]
		var lines iter.Seq[[]byte]
		var request http.Request
		var reader io.Reader
		var number atomic.Int64
		var pointer atomic.Pointer[mine]
		var mines iter.Seq[mine]
		var pairs iter.Seq2[mine, int]
		var own mine
		_, _, _, _, _, _, _, _, _ = strings, lines, request, reader, &number, &pointer, mines, pairs, own`)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]reflect.Type{
		"strings": reflect.TypeFor[iter.Seq[string]](), "lines": reflect.TypeFor[iter.Seq[[]byte]](),
		"request": reflect.TypeFor[http.Request](), "reader": reflect.TypeFor[io.Reader](), "number": reflect.TypeFor[atomic.Int64](),
		"pointer": nil, "mines": nil, "pairs": nil, "own": nil,
	}
	for id, obj := range info.Defs {
		rt, mentioned := want[id.Name]
		if !mentioned {
			continue
		}
		delete(want, id.Name)
		if got, ok := imp.Reflect(obj.Type().(*types.Named)); got != rt || ok != (rt != nil) {
			t.Errorf("%s is %v, want %v", id.Name, got, rt)
		}
	}
	if len(want) > 0 {
		t.Errorf("not checked: %v", want)
	}
	if got, ok := imp.Reflect(types.Universe.Lookup("error").Type().(*types.Named)); !ok || got != reflect.TypeFor[error]() {
		t.Errorf("error is %v", got)
	}
}

// TestCompiled finds values of packages, and of the one that only generic code knows.
func TestCompiled(t *testing.T) {
	imp := importer()
	for _, name := range [][2]string{{"strings", "Repeat"}, {"os", "Args"}, {compiled.Path, "Sort"}} {
		if v, ok := imp.Compiled(name[0], name[1]); !ok || !v.IsValid() {
			t.Errorf("%s is not there", name)
		}
	}
	for _, name := range [][2]string{{"strings", "repeat"}, {"no/such", "Args"}, {compiled.Path, "Path"}, {"slices", "Sort"}} {
		if _, ok := imp.Compiled(name[0], name[1]); ok {
			t.Errorf("%s is there", name)
		}
	}
}
