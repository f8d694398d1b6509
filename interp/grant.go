package interp

import (
	"context"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/rgo-project/rgo/interp/internal/load"
	"github.com/rgo-project/rgo/interp/symbols"
	"github.com/rgo-project/rgo/netproxy"
)

// Grant is what a peer may do with the session that it is offered. What it may not do does not exist for it, and the error says which grant refused.
type Grant int

const (
	// GrantExecute lets a peer run code, and use packages.
	GrantExecute Grant = iota
	// GrantModules lets a peer use the packages of the session: call their funcs, read and set their variables. It runs no code. With packages such
	// as os or reflect that is all that code can do: see Options.Packages.
	GrantModules
	// GrantNothing lets a peer do nothing.
	GrantNothing
)

var grantNames = []string{"execute", "modules", "nothing"}

func (g Grant) String() string {
	if g < 0 || int(g) >= len(grantNames) {
		return fmt.Sprintf("Grant(%d)", int(g))
	}
	return grantNames[g]
}

// MarshalText implements encoding.TextMarshaler.
func (g Grant) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler: execute, modules, nothing.
func (g *Grant) UnmarshalText(text []byte) error {
	at := slices.Index(grantNames, string(text))
	if at < 0 {
		return fmt.Errorf("interp: %q is no grant: want execute, modules or nothing", text)
	}
	*g = Grant(at)
	return nil
}

// deniedError says what is not granted, and by which rule.
type deniedError struct{ text string }

func deny(format string, args ...any) error { return &deniedError{fmt.Sprintf(format, args...)} }

func (e *deniedError) Error() string { return "interp: " + e.text }
func (e *deniedError) Unwrap() error { return netproxy.ErrDenied }

// granted is a service for a peer that may not run code.
type granted struct {
	v     *service
	grant Grant
}

// offer is the root for a peer.
func (v *service) offer(g Grant) any {
	if g == GrantExecute {
		return v
	}
	return &granted{v, g}
}

// Names implements netproxy.Namespace.
func (g *granted) Names() []string {
	if g.grant == GrantModules {
		return []string{"Module", "Modules", "System"}
	}
	return nil
}

// Lookup implements netproxy.Namespace.
func (g *granted) Lookup(name string) (reflect.Value, error) {
	if !slices.Contains(g.Names(), name) {
		return reflect.Value{}, g.refuse(name)
	}
	return reflect.ValueOf(g.v).MethodByName(name), nil
}

// refuse says which grant does not allow something.
func (g *granted) refuse(name string) error {
	what := "nobody may do anything here"
	if g.grant == GrantModules {
		what = "packages can be used here, code cannot be run"
	}
	return deny("%s is not granted: the session is offered with the grant %q: %s", name, g.grant, what)
}

func (g *granted) String() string { return "a session, offered with the grant " + g.grant.String() }

// grants are the packages that a session has.
type grants []string

// allow says whether a package is among them.
func (p grants) allow(path string) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(pattern string) bool { return matches(pattern, path) })
}

// matches says whether a pattern is the path, or ends in "/..." and is that of a directory at or above it, or is "...".
func matches(pattern, path string) bool {
	dir, tree := strings.CutSuffix(pattern, "...")
	if !tree {
		return pattern == path
	}
	return dir == "" || strings.HasPrefix(path+"/", dir)
}

// check returns the error for a package that is not among them.
func (p grants) check(path string) error {
	if p.allow(path) {
		return nil
	}
	return deny("package %s is not granted: this session has only %s", path, strings.Join(p, ", "))
}

// valid refuses what is no pattern.
func (p grants) valid() error {
	for _, pattern := range p {
		if dir := strings.TrimSuffix(pattern, "..."); pattern == "" || strings.Contains(dir, "...") || dir != pattern && dir != "" && !strings.HasSuffix(dir, "/") {
			return fmt.Errorf("interp: Options.Packages: %q is neither an import path nor one with /... at its end", pattern)
		}
	}
	return nil
}

// Matches says whether a pattern of Options.Packages stands for any package of the standard library.
func Matches(pattern string) bool {
	return grants{pattern}.valid() == nil && slices.ContainsFunc(append(symbols.Std(), "unsafe"), func(path string) bool { return matches(pattern, path) })
}

// grantedImporter imports for source that is run as a whole: what is compiled has to be granted.
type grantedImporter struct {
	load.Importer
	only grants
}

// Import implements types.Importer.
func (m grantedImporter) Import(path string) (*types.Package, error) {
	if err := m.only.check(path); err != nil {
		return nil, err
	}
	return m.Importer.Import(path)
}

// mayRead refuses packages that lie on the session's own disk where packages are granted one by one: what is embedded in them would come with them.
func (v *service) mayRead(p parcel) error {
	if p.Root == "" || len(v.session.packages.only) == 0 {
		return nil
	}
	return deny("a package on the session's own disk is not granted: this session has only %s, and what is sent to it", strings.Join(v.session.packages.only, ", "))
}

// system is where a session runs.
type system struct{ OS, Arch string }

// system asks for where the session runs.
func (r *Remote) system(ctx context.Context) (system, error) {
	return netproxy.Call[system](ctx, r.root, "System")
}
