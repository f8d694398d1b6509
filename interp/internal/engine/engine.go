package engine

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"maps"
	"reflect"
	"strings"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib/unsafe"

	"github.com/rgo-project/rgo/interp/symbols"
)

// Engine holds compiled code and its package-level variables.
type Engine struct {
	in     *interp.Interpreter
	frames *Frames
	slots  *slots
}

// New makes an engine with no packages.
func New() *Engine {
	frames := &Frames{}
	in := interp.New(interp.Options{
		Unrestricted: true,
		Stdin:        strings.NewReader(""),
		Stdout:       io.Discard,
		Stderr:       frames, // the interpreter tells of panics there, one line for each frame it unwinds
		Args:         []string{},
	})
	e := &Engine{in: in, frames: frames, slots: newSlots(in)}
	e.use(interp.Exports(unsafe.Symbols))
	e.use(interp.Exports{".": {"MapTypes": reflect.ValueOf(wrappedBy)}})
	return e
}

// use hands symbols to the interpreter, which refuses only keys without a package name.
func (e *Engine) use(x interp.Exports) {
	if err := e.in.Use(x); err != nil {
		panic("engine: " + err.Error())
	}
}

// FileSet is what files must be parsed with that are to be loaded.
func (e *Engine) FileSet() *token.FileSet { return e.in.FileSet() }

// Frames tells of the frames that panics have unwound.
func (e *Engine) Frames() *Frames { return e.frames }

// PointerSuffix ends the names of pointers to a package's variables of basic types. The engine takes such a variable for a constant when it
// compiles, so code must come to it by its pointer.
const PointerSuffix = "۰p"

// Use makes a package importable, or adds names to it.
func (e *Engine) Use(path, name string, table symbols.Table) {
	all := maps.Clone(table)
	for v, x := range table {
		if x.CanAddr() && x.Kind() <= reflect.Complex128 || x.CanAddr() && x.Kind() == reflect.String {
			all[v+PointerSuffix] = x.Addr()
		}
	}
	// "fmt/fmt", spelled in the usual way, would make the interpreter put its own stdio under fmt, log and os.
	e.use(interp.Exports{path + "/./" + name: all})
}

// Load compiles a file of declarations. No code of the file is run, as long as its variables have no initial values.
func (e *Engine) Load(file *ast.File) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Fault{Doing: "compiling", Text: fmt.Sprint(r)}
		}
	}()
	prog, err := e.in.CompileAST(file)
	if err != nil {
		return fault("compiling", err)
	}
	e.slots.fill()
	if _, err := e.in.Execute(prog); err != nil {
		return fault("loading", err)
	}
	return nil
}

// Func returns the func() of that name.
func (e *Engine) Func(name string) (func(), error) {
	prog, err := e.in.Compile(name)
	if err != nil {
		return nil, fault("finding "+name, err)
	}
	e.slots.fill()
	v, err := e.in.Execute(prog)
	if err != nil {
		return nil, fault("finding "+name, err)
	}
	f, ok := v.Interface().(func())
	if !ok {
		return nil, &Fault{Doing: "finding " + name, Text: "it is " + v.Type().String()}
	}
	return f, nil
}

// Fault is the engine's own failure on code that the checker has found right: a limit of the engine, not the user's error.
type Fault struct {
	Doing        string
	Line, Column int // 0 where the engine gives none
	Text         string
}

func (f *Fault) Error() string { return "the engine failed " + f.Doing + ": " + f.Text }

func fault(doing string, err error) error {
	f := &Fault{Doing: doing, Text: err.Error()}
	var p interp.Panic
	if errors.As(err, &p) {
		f.Text = fmt.Sprint(p.Value)
	}
	f.Line, f.Column, f.Text = splitPos(f.Text)
	return f
}
