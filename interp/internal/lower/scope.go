package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// kind is what a name stands for.
type kind uint8

const (
	variable kind = iota
	function
	constant_
	typename
)

// object is a declaration of an earlier input. All that later inputs see of it is its type, written down anew for each check: function
// bodies are never checked twice, and the checker's own types live for one check only.
type object struct {
	name     string // as the user wrote it
	engine   string // as the engine knows it: no other declaration has it
	kind     kind
	pos      token.Pos
	decls    []ast.Decl // for the checker
	packages map[string]bool
	typ      string // of variables and funcs: equal texts are equal types
	generic  bool
	embedded []*object          // of types: the types of the session that a struct embeds
	hooks    []hook             // of funcs: how code that was compiled with the definitions so far finds a later one
	loaded   bool               // the engine has it
	methods  map[string]*object // of types
}

// hook lets code that was compiled with one definition of a func find a later one.
type hook struct {
	Flag string // the variable that the func looks at on entry
	Next string // the variable that holds the later definition
}

// scope is what the inputs so far have declared.
type scope struct {
	current map[string]*object // by the user's name
	order   []*object          // all objects that checks need, in the order of their declaration: superseded types too
	imports map[string]string  // by the name used in code
	serials map[string]int
}

func newScope() *scope {
	return &scope{current: map[string]*object{}, imports: map[string]string{}, serials: map[string]int{}}
}

// fresh makes an engine name that no other declaration has.
func (s *scope) fresh(name string) string {
	s.serials[name]++
	return name + mark + strconv.Itoa(s.serials[name])
}

// put makes obj the current meaning of its name.
func (s *scope) put(obj *object) {
	delete(s.imports, obj.name)
	if old := s.current[obj.name]; old != nil && old.kind != typename {
		s.order = slices.DeleteFunc(s.order, func(o *object) bool { return o == old })
	} else if old != nil {
		s.supersede(old)
	}
	s.current[obj.name] = obj
	s.order = append(s.order, obj)
}

// supersede keeps a type for the values that have it, without the name that the user gave it.
func (s *scope) supersede(old *object) {
	old.decls = slices.DeleteFunc(old.decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		return ok && g.Specs[0].(*ast.TypeSpec).Name.Name == old.name
	})
	for _, o := range s.order { // what embeds it did so by that name
		if slices.Contains(o.embedded, old) {
			renameEmbedded(o.decls, old.name, old.engine)
		}
	}
}

func renameEmbedded(decls []ast.Decl, from, to string) {
	for _, d := range decls {
		ast.Inspect(d, func(n ast.Node) bool {
			f, ok := n.(*ast.Field)
			if !ok || len(f.Names) > 0 {
				return true
			}
			t := f.Type
			if star, ok := t.(*ast.StarExpr); ok {
				t = star.X
			}
			if id, ok := t.(*ast.Ident); ok && id.Name == from {
				id.Name = to
			}
			return true
		})
	}
}

// bind makes name the import of path.
func (s *scope) bind(name, path string) {
	if old := s.current[name]; old != nil {
		delete(s.current, name)
		if old.kind == typename {
			s.supersede(old)
		} else {
			s.order = slices.DeleteFunc(s.order, func(o *object) bool { return o == old })
		}
	}
	s.imports[name] = path
}

// embeddedName is the name by which types embed the type that the checker knows as obj.
func (s *scope) embeddedName(obj *types.TypeName) string {
	name := Plain(obj.Name())
	if cur := s.current[name]; cur != nil && cur.kind == typename && cur.engine == obj.Name() {
		return name
	}
	return obj.Name()
}

const (
	mainPath = "main"
	// RunPath is the package of funcs that lowered code calls. A user cannot name it by accident.
	RunPath = "rgo" + mark
	run     = "p" + mark + "rgo" + mark
)

// packageIdent is the name under which all generated code imports the package at path.
func packageIdent(path string) string {
	return "p" + mark + strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return []rune(mark)[0]
		case r == '.' || r == '-' || r == '~':
			return '_'
		}
		return r
	}, path)
}
