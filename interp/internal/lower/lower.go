package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// Config is what a Front builds on.
type Config struct {
	FileSet  *token.FileSet // the engine's
	Importer types.Importer
	// Packages lists the import paths whose package has that name.
	Packages func(name string) []string
	// Foreign gives a name in the package RunPath to a type of a compiled package that has none of its own to write.
	Foreign func(*types.TypeName) (name string, ok bool)
}

// Front compiles the inputs of one session.
type Front struct {
	fset     *token.FileSet
	importer types.Importer
	packages func(name string) []string
	foreign  func(*types.TypeName) (name string, ok bool)
	scope    *scope
	dynamics *dynamics
	inputs   int
	imported map[[2]string]bool // (file, path) that the engine has
}

// NewFront makes a front-end for a session with no declarations.
func NewFront(c Config) *Front {
	return &Front{
		fset: c.FileSet, importer: c.Importer, packages: c.Packages, foreign: c.Foreign,
		scope: newScope(), dynamics: newDynamics(), imported: map[[2]string]bool{},
	}
}

// Program is a compiled input.
type Program struct {
	ID      int
	Imports *ast.File // to be loaded first; nil if the engine has them all
	File    *ast.File
	Entry   string       // the func() to call
	Results []types.Type // the static types of the last expression's values
	// Packages are the import paths that the program needs, Symbols the names of packages that it uses, as path.name.
	Packages []string
	Symbols  map[string]bool
	Hooks    []string // the flags that the program's funcs look at on entry

	in      *input
	objects []*object
	imports [][2]string
}

// input is a source on its way through the passes.
type input struct {
	*source
	id          int
	pos         token.Pos
	packages    map[string]bool   // that generated code names
	imports     map[string]string // that the input declares, or that were found for it
	importDecls []string          // the names among them that it declares
	importSpecs []ast.Decl
	types       []*ast.TypeSpec
	consts      []*ast.GenDecl
	vars        []*ast.GenDecl // in a file
	funcs       []*ast.FuncDecl
	aliases     []ast.Decl // that give the input's types the names the user knows
	engine      map[string]string

	*checked
	body      []ast.Stmt // of the entry
	results   []types.Type
	objects   []*object
	hoisted   map[string]*object
	methods   []newMethod
	instances map[*ast.IndexExpr][]ast.Expr
	out       []ast.Decl
	temps     int
	hooks     []string
	before    []ast.Stmt      // what the entry does first: tell old definitions of new ones
	symbols   map[string]bool // of compiled packages, as path.name
	varTypes  map[*object]types.Type
	dynamics  *dynamics
	foreign   func(*types.TypeName) (name string, ok bool)
}

// temp makes a name for a local of generated code.
func (in *input) temp() string {
	in.temps++
	return "t" + mark + strconv.Itoa(in.temps)
}

// writer writes types for the engine; what it needs is noted in the input.
func (in *input) writer(pos token.Pos) *writer {
	return &writer{pos: pos, packages: in.packages, foreign: in.foreign}
}

// Compile compiles an input. The session is as it was until Commit.
func (f *Front) Compile(name, text string) (*Program, error) {
	src, err := parse(f.fset, name, text)
	if err != nil {
		return nil, err
	}
	f.inputs++
	in := &input{
		source: src, id: f.inputs, packages: map[string]bool{}, imports: map[string]string{},
		engine: map[string]string{}, hoisted: map[string]*object{}, varTypes: map[*object]types.Type{}, foreign: f.foreign,
	}
	if len(src.files) > 0 {
		in.pos = token.Pos(src.files[0].Base())
	}
	prog, err := f.compile(in)
	if err != nil {
		src.forget(f.fset)
		return nil, err
	}
	return prog, nil
}

func (f *Front) compile(in *input) (*Program, error) {
	if errs := f.sort(in); len(errs) > 0 {
		return nil, errs.sorted()
	}
	if errs := f.resolve(in); len(errs) > 0 {
		return nil, errs.sorted()
	}
	if errs := f.declare(in); len(errs) > 0 {
		return nil, errs.sorted()
	}
	for _, pass := range passes {
		if errs := pass(f, in); len(errs) > 0 {
			return nil, errs.sorted()
		}
	}
	return f.emit(in), nil
}

// passes lower a checked input, in this order. Each may use what the checker says of the nodes that the user wrote, and of no others.
var passes = []func(*Front, *input) ErrorList{
	(*Front).lowerResults,      // the values of the last expression go to the session
	(*Front).lowerNamedResults, // of funcs that defer: they get names of their own
	(*Front).checkDynamics,     // assertions that cannot tell types apart are refused
	(*Front).checkLosses,       // structs in interfaces of compiled code
	(*Front).lowerComparisons,  // of interfaces of compiled code
	(*Front).lowerErrorsAs,
	(*Front).lowerSwitches, // over interfaces
	(*Front).lowerMethodValues,
	(*Front).lowerInstances, // type arguments are written out
	(*Front).lowerBuiltins,  // min, max, clear, new(expr), print
	(*Front).lowerPackageVars,
	(*Front).lowerSelects,
	(*Front).lowerAssertions,
	(*Front).lowerAssigns, // of several values
	(*Front).lowerRangeFuncs,
	(*Front).lowerLoops,      // variables are made anew by each iteration; range over integers
	(*Front).lowerDefers,     // defer, recover
	(*Front).lowerGoroutines, // go: a panic is the session's to report
	(*Front).lowerLiterals,   // closures made in loops
	(*Front).lowerForwards,   // entry of funcs: interruption, later definitions
	(*Front).lowerLabels,
	(*Front).lowerPolls, // loops can be interrupted
	(*Front).lowerNames, // each name of the package level becomes the engine's
}

// Commit makes what a program declares known to later inputs. It is to be called once the engine has loaded it.
func (f *Front) Commit(p *Program) {
	for name, path := range p.in.imports {
		f.scope.bind(name, path)
	}
	for _, obj := range p.objects {
		f.scope.put(obj)
	}
	for _, m := range p.in.methods {
		m.attach()
	}
	if p.in.dynamics != nil {
		f.dynamics.merge(p.in.dynamics)
	}
}

// MarkLoaded remembers that the engine has the program's imports.
func (f *Front) MarkLoaded(p *Program) {
	for _, key := range p.imports {
		f.imported[key] = true
	}
}
