package vm

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/interp/internal/reify"
)

// Config is what a Machine needs of its surroundings.
type Config struct {
	Types    *reify.Types
	Compiled func(pkgPath, name string) (reflect.Value, bool)   // funcs, and variables (addressable), of compiled packages
	Method   func(recv reflect.Type, name string) reflect.Value // what interpreted code calls for a method of a compiled type; invalid for the method itself; may be nil
	Print    func(string)                                       // print and println
	Uncaught func(*Run, *Panic)                                 // a panic that nothing caught, in a goroutine that interpreted code started
}

// Machine runs functions. Its methods may be called concurrently.
type Machine struct {
	cfg     Config
	types   *reify.Types
	threads sync.Map // of goroutines that run interpreted code, by their g

	goroutines atomic.Int64 // that run interpreted code, or are about to

	mu      sync.Mutex
	funcs   weakMap[types.Func, *Func] // declared funcs and methods that are not generic
	vars    weakMap[types.Var, reflect.Value]
	methods map[methodKey]*Func
	precise bool // functions loaded from now on tell what their calls need not keep: something has the collector run

	places     places
	background *Run // of what compiled code calls when no run does
}

// methodKey names a method of a runtime type; unexported names carry their package.
type methodKey struct {
	recv reflect.Type
	name string
}

// New makes a Machine.
func New(cfg Config) *Machine {
	m := &Machine{
		cfg: cfg, types: cfg.Types,
		methods: map[methodKey]*Func{},
	}
	m.funcs.init(&m.mu)
	m.vars.init(&m.mu)
	m.background = m.NewRun(nil)
	return m
}

// Error is something that cannot be run.
type Error struct {
	Pos token.Position
	Msg string
}

func (e *Error) Error() string { return fmt.Sprintf("%v: %s", e.Pos, e.Msg) }

// unit is a package on its way into the machine, with all that its program holds: instances, wrappers, closures.
type unit struct {
	m     *Machine
	pkg   *ssa.Package
	fset  *token.FileSet
	funcs map[*ssa.Function]*Func
	todo  []*ssa.Function

	methods map[methodKey]*Func // of the runtime types that it has found
	guard   reflect.Value       // whether its variables have been initialised
	at      token.Pos           // what is being compiled
	precise bool                // its functions tell what their calls need not keep
}

// Package is a package whose functions can be called.
type Package struct{ u *unit }

// Load compiles a package's functions and makes its variables. Nothing of it runs before Call.
// The error is an *Error: something that cannot be run. The machine is then as it was.
func (m *Machine) Load(pkg *ssa.Package, fset *token.FileSet) (_ *Package, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	u := &unit{m: m, pkg: pkg, fset: fset, funcs: map[*ssa.Function]*Func{}, methods: map[methodKey]*Func{}}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *Error:
			err = p
		case *reify.Error:
			err = &Error{Pos: fset.Position(u.at), Msg: p.Error()}
		default: // ssa builds wrappers and instances on demand
			if !u.at.IsValid() {
				fset.Iterate(func(f *token.File) bool { u.at = f.Pos(0); return true }) // the last one is the unit's own
			}
			err = &Error{Pos: fset.Position(u.at), Msg: fmt.Sprintf("this cannot be run: the compiler failed: %v", p)}
		}
	}()
	defer func() {
		if err != nil {
			u.forget()
		}
	}()
	for _, member := range pkg.Members {
		switch member := member.(type) {
		case *ssa.Function:
			if member.Blocks != nil && member.TypeParams().Len() == 0 { // generic code has instances only
				u.function(member)
			}
		case *ssa.Global:
			u.variable(member)
		case *ssa.Type:
			u.methodsOf(member.Type())
		}
	}
	u.runtimeMethods()
	m.precise = m.precise || u.collects()
	u.precise = m.precise
	for len(u.todo) > 0 {
		fn := u.todo[0]
		u.todo = u.todo[1:]
		u.compile(fn)
	}
	maps.Copy(m.methods, u.methods)
	for fn, f := range u.funcs {
		if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic == "" {
			m.funcs.set(obj, f)
		}
	}
	return &Package{u}, nil
}

// methodsOf has the methods that a type declares compiled, so that later units find them.
func (u *unit) methodsOf(t types.Type) {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.TypeParams().Len() > 0 {
		return
	}
	for i := range named.NumMethods() {
		if fn := u.pkg.Prog.FuncValue(named.Method(i)); fn != nil && fn.Blocks != nil {
			u.function(fn)
		}
	}
}

// Unload forgets what a package has declared. Nothing of it has run.
func (m *Machine) Unload(p *Package) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.u.forget()
}

func (u *unit) forget() {
	for key, f := range u.methods {
		if u.m.methods[key] == f {
			delete(u.m.methods, key)
		}
	}
}

// variable returns the storage of a package-level variable.
func (u *unit) variable(g *ssa.Global) reflect.Value {
	obj, ok := g.Object().(*types.Var)
	if !ok { // init$guard
		if !u.guard.IsValid() {
			u.guard = reflect.New(reflect.TypeFor[bool]()).Elem()
		}
		return u.guard
	}
	if v, ok := u.m.vars.get(obj); ok {
		return v
	}
	if g.Pkg != u.pkg {
		if v, ok := u.m.cfg.Compiled(g.Pkg.Pkg.Path(), g.Name()); ok && v.CanAddr() {
			return v
		}
	}
	v := reflect.New(u.m.types.Of(obj.Type())).Elem()
	u.m.vars.set(obj, v)
	return v
}

// Var is the storage of a package-level variable: an addressable value, invalid if there is no such variable.
func (m *Machine) Var(obj *types.Var) reflect.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, _ := m.vars.get(obj)
	return v
}

// NewVar makes the storage of a variable that no source declares, and sets it.
func (m *Machine) NewVar(obj *types.Var, v reflect.Value) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.vars.set(obj, v)
}

// Func is a declared func as a value, invalid if there is none.
func (m *Machine) Func(obj *types.Func) reflect.Value {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.funcs.get(obj)
	if !ok {
		return reflect.Value{}
	}
	p := f.value()
	return reflect.NewAt(f.typ, unsafe.Pointer(&p)).Elem()
}

// Redefine has callers of old call new from now on. Their signatures are identical.
func (m *Machine) Redefine(old, new *types.Func) {
	m.mu.Lock()
	defer m.mu.Unlock()
	was, is := m.funcs.of(old), m.funcs.of(new)
	if was == nil || is == nil || was == is {
		return
	}
	first := was // the one that those compiled first call
	if was.first != nil {
		first = was.first
	}
	is.first = first
	was.later.Store(is)
	first.later.Store(is)
}
