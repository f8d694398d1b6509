package reify

import (
	"go/types"
	"reflect"
	"strconv"

	"github.com/rgo-project/rgo/internal/rtype"
)

// structure makes an unnamed struct. reflect makes those that have neither embedded nor blank fields.
func (t *Types) structure(typ *types.Struct) reflect.Type {
	fields := t.fields(typ)
	for _, f := range fields {
		if f.Embedded || f.Name == "_" {
			return t.unusualStruct(typ, fields)
		}
	}
	list := make([]reflect.StructField, len(fields))
	for i, f := range fields {
		list[i] = reflect.StructField{Name: f.Name, PkgPath: f.PkgPath, Type: f.Type, Tag: reflect.StructTag(f.Tag)}
	}
	return reflect.StructOf(list)
}

func (t *Types) unusualStruct(typ *types.Struct, fields []rtype.Field) reflect.Type {
	name := structName(fields)
	for _, known := range rtype.Compiled(name) {
		if known.Kind() == reflect.Struct && hasFields(known, fields) {
			return known
		}
	}
	return t.declare(typ, rtype.Spec{Name: name})
}

func hasFields(rt reflect.Type, fields []rtype.Field) bool {
	if rt.NumField() != len(fields) {
		return false
	}
	for i, f := range fields {
		has := rt.Field(i)
		if (rtype.Field{Name: has.Name, PkgPath: has.PkgPath, Type: has.Type, Tag: string(has.Tag), Embedded: has.Anonymous}) != f {
			return false
		}
	}
	return true
}

func (t *Types) fields(typ *types.Struct) []rtype.Field {
	fields := make([]rtype.Field, typ.NumFields())
	for i := range fields {
		f := typ.Field(i)
		fields[i] = rtype.Field{Name: f.Name(), PkgPath: pathOf(f), Type: t.of(f.Type()), Tag: typ.Tag(i), Embedded: f.Embedded()}
	}
	return fields
}

// pathOf is the package that an unexported name belongs to; exported ones belong to all.
func pathOf(obj types.Object) string {
	if obj.Exported() || obj.Pkg() == nil {
		return ""
	}
	return obj.Pkg().Path()
}

// structName writes an unnamed struct as the compiler does.
func structName(fields []rtype.Field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = " " + f.Type.String()
		if !f.Embedded {
			parts[i] = " " + f.Name + parts[i]
		}
		if f.Tag != "" {
			parts[i] += " " + strconv.Quote(f.Tag)
		}
	}
	return braces("struct", parts)
}
