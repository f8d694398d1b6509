package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Given compiles the declaration of a variable that takes its value from the variable value of the package RunPath.
func (f *Front) Given(name string, t types.Type, value string) (*Program, error) {
	f.inputs++
	file := f.fset.AddFile("set", -1, 1)
	in := &input{
		source: &source{name: "set", files: []*token.File{file}}, id: f.inputs, pos: token.Pos(file.Base()),
		packages: map[string]bool{}, imports: map[string]string{}, engine: map[string]string{}, hoisted: map[string]*object{},
		varTypes: map[*object]types.Type{}, foreign: f.foreign, symbols: map[string]bool{},
	}
	v := types.NewVar(in.pos, nil, name, t)
	obj, _, err := f.newVariable(in, v, true)
	if err != nil {
		in.forget(f.fset)
		return nil, ErrorList{err}
	}
	in.hoisted[name] = obj
	in.body = []ast.Stmt{set(ident(in.pos, obj.engine), selector(in.pos, run, value))}
	return f.emit(in), nil
}
