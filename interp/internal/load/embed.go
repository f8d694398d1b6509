package load

import (
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// An Embed is a variable that //go:embed fills.
type Embed struct {
	Name *ast.Ident
	Var  *types.Var // set by Graph.Check
	// Files are the files that the patterns match, by name, each once.
	Files []File
}

// A File is one embedded file: its name in the package's directory, and its content.
type File struct{ Name, Data string }

// directive is a //go:embed comment.
type directive struct {
	pos      token.Pos // of "go:embed"
	patterns []pattern
}

type pattern struct {
	pos  token.Pos
	text string
}

// embeds reads the //go:embed directives of a file, and the files that they name.
func (l *loader) embeds(p *Package, f *ast.File, text []byte) {
	above := l.directives(p, f, text)
	if len(above) == 0 {
		return
	}
	imported := slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"embed"` })
	vars := globals(f)
	locals := localVars(f)
	for next, list := range above {
		spec, grouped := vars[next]
		why := ""
		switch {
		case grouped:
			why = unembeddable(spec, imported)
		case locals[next]:
			why = "go:embed cannot apply to var inside func"
		default:
			why = "misplaced go:embed directive"
		}
		if why != "" {
			l.wrong(p, list[0].pos, "%s", why)
			continue
		}
		p.Embeds = append(p.Embeds, &Embed{Name: spec.Names[0], Files: l.match(p, list)})
	}
	slices.SortFunc(p.Embeds, func(a, b *Embed) int { return int(a.Name.Pos() - b.Name.Pos()) })
}

// unembeddable says why a declaration cannot have a directive, as far as that needs no types.
func unembeddable(spec *ast.ValueSpec, imported bool) string {
	switch {
	case !imported:
		return `go:embed requires import "embed" (or import _ "embed", if package is not used)`
	case len(spec.Names) > 1:
		return "go:embed cannot apply to multiple vars"
	case spec.Values != nil:
		return "go:embed cannot apply to var with initializer"
	}
	return ""
}

// globals returns the declarations of package-level variables by where they begin: at var, or at the name within parentheses.
func globals(f *ast.File) map[token.Pos]*ast.ValueSpec {
	specs := map[token.Pos]*ast.ValueSpec{}
	for _, d := range f.Decls {
		d, ok := d.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			continue
		}
		for _, s := range d.Specs {
			at := s.Pos()
			if !d.Lparen.IsValid() {
				at = d.Pos()
			}
			specs[at] = s.(*ast.ValueSpec)
		}
	}
	return specs
}

// localVars returns where declarations of variables within funcs begin.
func localVars(f *ast.File) map[token.Pos]bool {
	at := map[token.Pos]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.DeclStmt); ok {
			if d := s.Decl.(*ast.GenDecl); d.Tok == token.VAR {
				at[d.Pos()] = true
				for _, s := range d.Specs {
					at[s.Pos()] = true
				}
			}
		}
		return true
	})
	return at
}

// directives returns the //go:embed directives of a file by the position of the token that they stand above.
func (l *loader) directives(p *Package, f *ast.File, text []byte) map[token.Pos][]directive {
	if !strings.Contains(string(text), "//go:embed") {
		return nil
	}
	file := l.g.Fset.File(f.FileStart)
	var s scanner.Scanner
	// A file of its own, for scanning notes lines; offsets are the same.
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), text, nil, scanner.ScanComments)
	above := map[token.Pos][]directive{}
	var waiting []directive
	last := 0 // the line of the token before
	for {
		pos, tok, lit := s.Scan()
		at := file.Pos(int(pos) - 1)
		switch {
		case tok == token.EOF:
			for _, d := range waiting {
				l.wrong(p, d.pos, "misplaced go:embed directive")
			}
			return above
		case tok == token.SEMICOLON && lit == "\n":
		case tok != token.COMMENT:
			if waiting != nil {
				above[at], waiting = waiting, nil
			}
			last = file.Line(at)
		default:
			args, ok := strings.CutPrefix(lit, "//go:embed")
			if !ok || args != "" && !unicode.IsSpace(rune(args[0])) {
				continue
			}
			if file.Line(at) == last {
				l.wrong(p, at+2, "misplaced compiler directive")
				continue
			}
			d := directive{pos: at + 2}
			var err error
			if d.patterns, err = patterns(args, at+token.Pos(len("//go:embed"))); err != nil {
				l.wrong(p, d.pos, "%s", err)
			} else if len(d.patterns) == 0 {
				l.wrong(p, d.pos, "usage: //go:embed pattern...")
			} else {
				waiting = append(waiting, d)
			}
		}
	}
}

// patterns splits the arguments of a directive, which begin at pos: words, or strings as Go writes them.
func patterns(args string, pos token.Pos) ([]pattern, error) {
	var list []pattern
	all := args
	for {
		args = strings.TrimLeftFunc(args, unicode.IsSpace)
		if args == "" {
			return list, nil
		}
		at := pos + token.Pos(len(all)-len(args))
		word := args
		if i := strings.IndexFunc(args, unicode.IsSpace); i >= 0 {
			word = args[:i]
		}
		text := word
		if args[0] == '"' || args[0] == '`' {
			quoted, err := strconv.QuotedPrefix(args)
			if err != nil {
				return nil, fmt.Errorf("invalid quoted string in //go:embed: %s", args)
			}
			if rest := args[len(quoted):]; rest != "" && !unicode.IsSpace([]rune(rest)[0]) {
				return nil, fmt.Errorf("invalid quoted string in //go:embed: %s", rest)
			}
			word = quoted
			text, _ = strconv.Unquote(quoted)
		}
		list = append(list, pattern{at, text})
		args = args[len(word):]
	}
}

// match returns the files that the patterns of directives match.
func (l *loader) match(p *Package, list []directive) []File {
	names := map[string]bool{}
	for _, d := range list {
		for _, pat := range d.patterns {
			found, err := glob(p.tree.fsys, p.Dir, pat.text)
			if err != nil {
				l.errs = append(l.errs, errorf(l.g.Fset.Position(pat.pos), "pattern %s: %s", pat.text, err))
			}
			for _, name := range found {
				names[name] = true
			}
		}
	}
	var files []File
	for name := range names {
		data, err := fs.ReadFile(p.tree.fsys, path.Join(p.Dir, name))
		if err != nil {
			l.errs = append(l.errs, &Error{Msg: err.Error()})
		}
		files = append(files, File{name, string(data)})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files
}
