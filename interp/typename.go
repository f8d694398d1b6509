package interp

import (
	"reflect"
	"strconv"
	"strings"
)

// typeName is front.TypeName for the runtime's types: a type as the session's code would write it.
func typeName(t reflect.Type) string {
	if t.Name() != "" {
		return withoutMain(spaced(t.String()))
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	case reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + typeName(t.Elem())
	case reflect.Map:
		return "map[" + typeName(t.Key()) + "]" + typeName(t.Elem())
	case reflect.Struct:
		return structName(t)
	case reflect.Func:
		return "func" + signatureName(t)
	}
	return withoutMain(strings.ReplaceAll(t.String(), "interface {}", "any"))
}

func structName(t reflect.Type) string {
	fields := make([]string, t.NumField())
	for i := range fields {
		f := t.Field(i)
		fields[i] = typeName(f.Type)
		if !f.Anonymous {
			fields[i] = f.Name + " " + fields[i]
		}
		if f.Tag != "" {
			fields[i] += " " + strconv.Quote(string(f.Tag))
		}
	}
	return "struct{" + strings.Join(fields, "; ") + "}"
}

func signatureName(t reflect.Type) string {
	in, out := make([]string, t.NumIn()), make([]string, t.NumOut())
	for i := range in {
		in[i] = typeName(t.In(i))
		if i == len(in)-1 && t.IsVariadic() {
			in[i] = "..." + typeName(t.In(i).Elem())
		}
	}
	for i := range out {
		out[i] = typeName(t.Out(i))
	}
	text := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return text
	case 1:
		return text + " " + out[0]
	}
	return text + " (" + strings.Join(out, ", ") + ")"
}

// spaced puts a space behind each comma, as gofmt does between type arguments.
func spaced(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, ", ", ","), ",", ", ")
}

// mainPath is the path of the package that the session's code is.
const mainPath = "main"

// withoutMain takes the name of the session's package out of the text of a type: P for main.P, L[P] for main.L[main.P].
func withoutMain(text string) string {
	parts := strings.Split(text, mainPath+".")
	var b strings.Builder
	for i, part := range parts {
		if i > 0 && endsInName(parts[i-1]) {
			b.WriteString(mainPath + ".")
		}
		b.WriteString(part)
	}
	return b.String()
}

// endsInName tells whether what follows text goes on with a name or a path.
func endsInName(text string) bool {
	return text != "" && (isWord(text[len(text)-1]) || strings.ContainsRune("/.-", rune(text[len(text)-1])))
}
