package load

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strings"
)

// parse parses files of p.
func (l *loader) parse(p *Package, files []string) {
	for _, name := range files {
		text, err := fs.ReadFile(p.tree.fsys, path.Join(p.Dir, name))
		if err != nil {
			l.errs = append(l.errs, &Error{Msg: err.Error()})
			continue
		}
		f, err := parser.ParseFile(l.g.Fset, p.tree.name(path.Join(p.Dir, name)), text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			p.errs = append(p.errs, syntax(p.label(l.g), err)...)
		}
		if f == nil {
			continue
		}
		p.Files = append(p.Files, f)
		l.embeds(p, f, text)
	}
	named := l.bodies(p)
	for _, f := range p.Files {
		l.linknames(p, f, named)
	}
}

// wrong notes what is wrong with p.
func (l *loader) wrong(p *Package, at token.Pos, format string, args ...any) {
	p.errs = append(p.errs, &Error{Package: p.label(l.g), Pos: l.g.Fset.Position(at), Msg: fmt.Sprintf(format, args...)})
}

// linknames refuses directives that tie a name to one elsewhere. With one argument they only permit others to do so, and so they do for a func that has a body.
func (l *loader) linknames(p *Package, f *ast.File, bodies map[string]bool) {
	for _, group := range f.Comments {
		for _, c := range group.List {
			words := strings.Fields(c.Text)
			if len(words) == 3 && words[0] == "//go:linkname" && !bodies[words[1]] {
				l.wrong(p, c.Pos()+2, "//go:linkname %s %s: interpreted code cannot be linked by name", words[1], words[2])
			}
		}
	}
}
