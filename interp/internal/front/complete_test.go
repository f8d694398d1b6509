package front

import (
	"go/token"
	"slices"
	"testing"
)

func TestMembers(t *testing.T) {
	f := newSession(0)
	commit(t, f, `type In struct{ Deep int; low string }; func (*In) Run() {}`)
	commit(t, f, `type T struct { In; Name string; priv int }; func (t T) Get() *T { return &t }; func (t *T) Set() {}`)
	commit(t, f, `v := T{}; p := &v; m := map[string][]T{}; var s interface { fmt.Stringer; Extra() }`)
	commit(t, f, `import str "strings"`)
	ofT := []string{"Deep", "Get", "In", "Name", "Run", "Set", "low", "priv"}
	for expr, want := range map[string][]string{
		"v": ofT, "p": ofT, "v.Get()": ofT,
		`m["a"][0].In`: {"Deep", "Run", "low"}, "s": {"Extra", "String"}, "nosuch": nil, "v.nosuch": nil, "1 +": nil, "v; v": nil, "type X int": nil,
	} {
		if got := f.Members(expr); !slices.Equal(got, want) {
			t.Errorf("after %s there may be %v, want %v", expr, got, want)
		}
	}
	for expr, one := range map[string]string{"str": "ToUpper", "strconv": "Itoa", "slices": "SortFunc"} {
		got := f.Members(expr)
		if !slices.Contains(got, one) || slices.ContainsFunc(got, func(n string) bool { return !token.IsExported(n) }) {
			t.Errorf("after %s there may be %v", expr, got)
		}
	}
}

func TestNames(t *testing.T) {
	f := newSession(0)
	commit(t, f, `x, y := 1, 2; func f() {}; type T int; const c = 1; import str "strings"`)
	commit(t, f, `import y "strconv"`)
	if got, want := f.Names(), []string{"T", "c", "f", "str", "x", "y"}; !slices.Equal(got, want) {
		t.Errorf("names are %v, want %v", got, want)
	}
	if path := f.Imported("y"); path != "strconv" {
		t.Errorf("y is the import of %q", path)
	}
	if obj := f.Lookup("T"); obj == nil || TypeName(obj.Type()) != "T" {
		t.Errorf("T is %v", obj)
	}
}

func TestIncomplete(t *testing.T) {
	for text, want := range map[string]bool{
		"func f() {": true, "x := `a": true, "/* a": true, "1 +": true, "f(1,": true, "type T struct {\n a int\n}": false, "x": false, "": false,
		"f)": false, "\"a": false, "if x {\n} else": true, "x := []int{\n1,": true, "// done": false, "a.": true, "return": false,
	} {
		if got := Incomplete(text); got != want {
			t.Errorf("%q is incomplete: %v", text, got)
		}
	}
	for text, want := range map[string]bool{"": true, " // a\n": true, "/**/": true, ";": false, "x": false, "\"": false} {
		if got := Blank(text); got != want {
			t.Errorf("%q is blank: %v", text, got)
		}
	}
}
