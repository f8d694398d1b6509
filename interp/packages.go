package interp

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/rgo-project/rgo/interp/symbols"
)

// packages are the compiled packages that a session's code can import: the standard library, in parts the session's own, and the host's.
type packages struct {
	own  map[string]func() symbols.Table // names that take the place of the standard library's
	only grants

	mu     sync.Mutex
	host   map[string]hostPackage
	byName map[string][]string // import paths by package name; made at first use
	tables map[string]symbols.Table
}

type hostPackage struct {
	name  string
	table symbols.Table
}

func newPackages(host map[string]symbols.Table, own map[string]func() symbols.Table, only grants) *packages {
	p := &packages{own: own, only: only, host: map[string]hostPackage{}, tables: map[string]symbols.Table{}}
	for at, table := range host {
		p.host[at] = hostPackage{name: path.Base(at), table: maps.Clone(table)}
	}
	return p
}

// table finds the table of the package at an import path, granted or not: granted ones refer to others. It is not to be changed.
func (p *packages) table(at string) (name string, table symbols.Table, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h, ok := p.host[at]; ok {
		return h.name, h.table, true
	}
	table, ok = p.tables[at]
	if !ok {
		if table, ok = symbols.Lookup(at); !ok {
			return "", nil, false
		}
		if own := p.own[at]; own != nil {
			table = maps.Clone(table)
			maps.Copy(table, own())
		}
		p.tables[at] = table
	}
	return symbols.Name(at), table, true
}

// add makes a package of the host's, or adds names to one. Tables that others have stay as they are.
func (p *packages) add(at string, table symbols.Table) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, ok := p.host[at]
	if !ok {
		if symbols.Name(at) != "" {
			return fmt.Errorf("interp: %s is a package of the standard library: give it in Options.Symbols to take its place", at)
		}
		h = hostPackage{name: path.Base(at)}
		p.byName = nil
	}
	grown := maps.Clone(h.table)
	if grown == nil {
		grown = symbols.Table{}
	}
	maps.Copy(grown, table)
	h.table = grown
	p.host[at] = h
	return nil
}

// paths lists the import paths of what is granted, sorted.
func (p *packages) paths() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.granted(p.sorted())
}

// granted are those paths that are granted.
func (p *packages) granted(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return !p.only.allow(path) })
}

func (p *packages) sorted() []string {
	all := symbols.Std()
	for at := range p.host {
		if symbols.Name(at) == "" {
			all = append(all, at)
		}
	}
	slices.Sort(all)
	return all
}

// named lists the import paths of the packages of a name: those that are granted, or, if none is, those whose import is refused.
func (p *packages) named(name string) []string {
	all := p.index()[name]
	if some := p.granted(all); len(some) > 0 {
		return some
	}
	return all
}

// names lists the names that packages have.
func (p *packages) names() []string {
	var names []string
	for name, paths := range p.index() {
		if len(p.granted(paths)) > 0 {
			names = append(names, name)
		}
	}
	return names
}

func (p *packages) index() map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byName != nil {
		return p.byName
	}
	index := map[string][]string{"unsafe": {"unsafe"}}
	for _, at := range p.sorted() {
		name := symbols.Name(at)
		if h, ok := p.host[at]; ok {
			name = h.name
		}
		index[name] = append(index[name], at)
	}
	p.byName = index
	return index
}
