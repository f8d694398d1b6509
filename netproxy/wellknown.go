package netproxy

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/rgo-project/rgo/netproxy/internal/stderrors"
)

// wellKnown is a set of errors that have names. It does not change once made.
type wellKnown struct {
	byName map[string]error
	names  map[error]string
	kinds  map[reflect.Type]bool // of the errors: what cannot be compared must not get near the maps
}

func newWellKnown(byName map[string]error) *wellKnown {
	k := &wellKnown{byName: make(map[string]error), names: make(map[error]string), kinds: make(map[reflect.Type]bool)}
	for name, err := range byName {
		k.byName[name] = err
		if err != nil && reflect.ValueOf(err).Comparable() && reflect.TypeOf(err).Comparable() {
			k.names[err] = name
			k.kinds[reflect.TypeOf(err)] = true
		}
	}
	return k
}

// nameOf returns the name of err if it is itself in the set.
func (k *wellKnown) nameOf(err error) (string, bool) {
	if k == nil || !k.kinds[reflect.TypeOf(err)] || !reflect.ValueOf(err).Comparable() {
		return "", false
	}
	name, ok := k.names[err]
	return name, ok
}

// sentinels are the errors of this package that are the same at both ends.
var sentinels = newWellKnown(map[string]error{
	"netproxy.ErrMember":      ErrMember,
	"netproxy.ErrElement":     ErrElement,
	"netproxy.ErrDenied":      ErrDenied,
	"netproxy.ErrRevoked":     ErrRevoked,
	"netproxy.ErrExpired":     ErrExpired,
	"netproxy.ErrArgument":    ErrArgument,
	"netproxy.ErrUnsupported": ErrUnsupported,
	"netproxy.ErrMalformed":   ErrMalformed,
	"netproxy.ErrReleased":    ErrReleased,
	"netproxy.ErrGoexit":      ErrGoexit,
})

// named are the errors of RegisterError.
var named struct {
	mu  sync.RWMutex
	all map[string]error // guarded by mu
	set *wellKnown       // guarded by mu
}

// RegisterError makes err an error that is the same in every process that registers it under that name, for all connections, as
// Options.Sentinels does for one: errors.Is finds it in what comes from another process if it was there. It is for init funcs and package-level variables: it panics
// if the name has another error, if err cannot be compared, and if the name is of the standard library. A name with the import path in front,
// such as "example.org/shop.ErrSoldOut", meets no other.
func RegisterError(name string, err error) {
	switch {
	case name == "" || err == nil:
		panic("netproxy: RegisterError wants a name and an error")
	case !reflect.ValueOf(err).Comparable():
		panic(fmt.Sprintf("netproxy: RegisterError(%q): no two errors of type %T can be told to be the same", name, err))
	case stderrors.Named(name) != nil || sentinels.byName[name] != nil:
		panic(fmt.Sprintf("netproxy: RegisterError(%q): that is the name of a well-known error", name))
	}
	named.mu.Lock()
	defer named.mu.Unlock()
	if was, ok := named.all[name]; ok && was != err { //nolint:errorlint // the very error
		panic(fmt.Sprintf("netproxy: RegisterError(%q): another error has that name", name))
	}
	if named.all == nil {
		named.all = make(map[string]error)
	}
	named.all[name] = err
	named.set = newWellKnown(named.all)
}

func registeredErrors() *wellKnown {
	named.mu.RLock()
	defer named.mu.RUnlock()
	return named.set
}

// sentinelName returns the name of a well-known error; more are those of a connection. Brief ones have been the same for long, so
// that their names say all.
func sentinelName(err error, more *wellKnown) (name string, brief, ok bool) {
	if name, ok = stderrors.NameOf(err); ok {
		pkg := name[:strings.LastIndexByte(name, '.')]
		return name, pkg == "io" || pkg == "io/fs" || pkg == "context" || pkg == "os", true
	}
	if name, ok = sentinels.nameOf(err); ok {
		return name, true, true
	}
	if name, ok = more.nameOf(err); ok {
		return name, false, true
	}
	name, ok = registeredErrors().nameOf(err)
	return name, false, ok
}

// sentinelNamed returns the well-known error of that name, or nil.
func sentinelNamed(name string, more *wellKnown) error {
	if err := stderrors.Named(name); err != nil {
		return err
	}
	if err := sentinels.byName[name]; err != nil {
		return err
	}
	if more != nil && more.byName[name] != nil {
		return more.byName[name]
	}
	if set := registeredErrors(); set != nil {
		return set.byName[name]
	}
	return nil
}

// asked are the well-known errors that errors of the standard library call themselves by methods Is.
var asked = sync.OnceValue(func() []stderrors.Sentinel {
	var list []stderrors.Sentinel
	for _, name := range []string{
		"io/fs.ErrNotExist", "io/fs.ErrExist", "io/fs.ErrPermission", "io/fs.ErrClosed", "io/fs.ErrInvalid",
		"errors.ErrUnsupported", "context.Canceled", "context.DeadlineExceeded", "os.ErrDeadlineExceeded", "net.ErrClosed",
	} {
		list = append(list, stderrors.Sentinel{Name: name, Err: stderrors.Named(name)})
	}
	return list
})

// claims returns the names of the well-known errors that err says it is by a method Is of its own. Only errors that have one are asked.
func claims(err error, more *wellKnown) (names []string) {
	is, ok := err.(interface{ Is(error) bool })
	if !ok {
		return nil
	}
	defer func() {
		_ = recover() // whatever it is then
	}()
	ask := func(name string, target error) {
		if is.Is(target) {
			names = append(names, name)
		}
	}
	if stderrors.Known(base(reflect.TypeOf(err))) {
		for _, s := range asked() {
			ask(s.Name, s.Err)
		}
		return names
	}
	for _, s := range stderrors.All() {
		ask(s.Name, s.Err)
	}
	for _, set := range []*wellKnown{sentinels, more, registeredErrors()} {
		if set != nil {
			for name, target := range set.byName {
				ask(name, target)
			}
		}
	}
	return names
}

// base is what a pointer type points to, and any other type itself.
func base(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}
