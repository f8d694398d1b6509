package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/interp/internal/order"
)

// Config is what a Front builds on.
type Config struct {
	Importer types.Importer

	// Packages lists the import paths whose package has that name.
	Packages func(name string) []string

	// Paths lists all import paths, for hints.
	Paths func() []string

	// Generic finds the source of generic code that a package of the Importer has, nil if it has none.
	Generic func(*types.Package) *Generic

	// Mode is what ssa is asked for besides what a Front needs, such as ssa.SanityCheckFunctions.
	Mode ssa.BuilderMode
}

// Generic is the source of a package that is checked already, for its generic code.
type Generic struct {
	Fset  *token.FileSet
	Files []*ast.File
	Info  *types.Info
}

// Front compiles the inputs of one session.
type Front struct {
	config Config
	scope  *scope
	pkg    *types.Package // what the checker takes for the package of every input
	sizes  types.Sizes
	base   int // where the positions of the next input begin
}

// New makes a front-end for a session with no declarations.
func New(c Config) *Front {
	return &Front{config: c, scope: newScope(), pkg: types.NewPackage(mainPath, mainPath), sizes: types.SizesFor("gc", runtime.GOARCH), base: firstBase}
}

// firstBase is where the positions of the first input begin: above those of file sets that others make without regard to inputs.
const firstBase = 1 << 40

// Program is a compiled input.
type Program struct {
	// Units are to be loaded and run in this order. The last one is the input itself; there is none if it says nothing.
	Units []*Unit
	// Results are the static types of the values that the last unit's Entry returns. nil has the type untyped nil.
	Results []types.Type

	in *input
}

// Unit is a package with its code.
type Unit struct {
	Fset *token.FileSet
	Pkg  *types.Package
	SSA  *ssa.Package

	// Init is the func() that initialises the variables of a file, in Go's order, and calls its init funcs; nil if there is nothing to do.
	Init *ssa.Function
	// Entry is called after Init: a func with no parameters, whose body are the input's statements and whose results are the values of its last
	// expression; for a file, its main. It is nil if there is nothing to do.
	Entry *ssa.Function

	// Redefined are the funcs and methods of earlier units that have a new definition of the same type. Callers of the
	// first are to call the second from now on.
	Redefined [][2]*types.Func
	// Renewed are types of earlier units that have other methods with this unit, and that have their old ones back when it is discarded.
	Renewed []*types.Named

	// Symbols are the funcs and variables of other packages that the unit uses, but for those of the session.
	Symbols []types.Object
}

// NewFileSet makes a set whose positions no other set of the session has. An input can use generic code of several packages only if their sources
// were parsed into one set or into sets of their own from here.
func (f *Front) NewFileSet() *token.FileSet {
	fset := newFileSet(f.base)
	f.base += 1 << 40
	return fset
}

// Compile compiles an input. The session is as it was until Commit. An error is an ErrorList.
func (f *Front) Compile(name, text string) (*Program, error) {
	in, err := f.read(name, text)
	if err != nil {
		return nil, err
	}
	prog, err := f.compile(in)
	if err != nil {
		in.undo()
		return nil, err
	}
	return prog, nil
}

// guard makes a fault of the compiler itself, or of the libraries that it stands on, an error.
func (in *input) guard(err *error) {
	if p := recover(); p != nil {
		*err = ErrorList{{Pos: in.fset.Position(in.start()), Msg: fmt.Sprintf("this cannot be run: the compiler failed: %v", p)}}
	}
}

// read parses an input.
func (f *Front) read(name, text string) (*input, error) {
	fset := newFileSet(f.base)
	src, err := parse(fset, name, text)
	f.base = fset.Base()
	if err != nil {
		return nil, err
	}
	return &input{source: src}, nil
}

func (f *Front) compile(in *input) (prog *Program, err error) {
	if len(in.files) == 0 {
		return &Program{in: in}, nil
	}
	defer in.guard(&err)
	file, err := f.lower(in)
	if err != nil {
		return nil, err
	}
	unit, err := f.build(in, file)
	if err != nil {
		return nil, err
	}
	f.close(in)
	return &Program{Units: []*Unit{unit}, Results: in.results, in: in}, nil
}

// lower checks an input and makes a file for ssa of it.
func (f *Front) lower(in *input) (*ast.File, error) {
	if err := in.sort(); err != nil {
		return nil, err
	}
	if err := f.check(in); err != nil {
		return nil, err
	}
	if in.file == nil {
		if err := in.takeResults(); err != nil {
			return nil, err
		}
	}
	in.settleCounts()
	file := in.file
	if file == nil {
		f.promote(in)
	}
	in.moveOut()
	if file == nil {
		file = in.lowered()
	}
	order.File(file, in.info, in.pkg)
	return file, nil
}

// Commit makes what a program declares known to later inputs.
func (f *Front) Commit(p *Program) {
	p.in.undone = nil
	for name, path := range p.in.imports {
		f.scope.bind(name, path)
	}
	for _, path := range p.in.dots {
		f.scope.dot(path)
	}
	for _, obj := range p.in.objects {
		f.scope.put(obj)
	}
}

// Discard undoes what compiling a program has done to the types of earlier inputs.
func (f *Front) Discard(p *Program) { p.in.undo() }
