package vm

import (
	"embed"
	"reflect"
	"strings"
	"testing"
)

//go:embed samples_test.go samples_slices_test.go samples_maps_test.go samples_interfaces_test.go samples_code_test.go
var samplesFiles embed.FS

// samplesSource is the source of the samples as one file: what it begins with imports all that it needs.
func samplesSource(t *testing.T) string {
	t.Helper()
	var imports, rest strings.Builder
	seen := map[string]bool{}
	for _, name := range []string{"samples_test.go", "samples_slices_test.go", "samples_maps_test.go", "samples_interfaces_test.go", "samples_code_test.go"} {
		text, err := samplesFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, text1, _ := strings.Cut(string(text), "import (\n")
		list, code, ok := strings.Cut(text1, "\n)\n")
		if !ok {
			t.Fatalf("%s imports nothing", name)
		}
		for line := range strings.Lines(list + "\n") {
			if !seen[line] {
				seen[line] = true
				imports.WriteString(line)
			}
		}
		rest.WriteString(code)
	}
	return "package vm\nimport (\n" + imports.String() + ")\n" + rest.String()
}

func TestSamples(t *testing.T) {
	m, p, main, out := program(t, samplesSource(t))
	run := m.NewRun(nil)
	if _, err := p.Call(run, main.Func("init")); err != nil {
		t.Fatal(err)
	}
	results, err := p.Call(run, main.Func("runSamples"))
	if err != nil {
		failed, _ := err.(*Panic)
		t.Fatalf("%v %+v %s", err, failed, out)
	}
	got, want := results[0].Interface().([]string), runSamples()
	for i, w := range want {
		w = strings.ReplaceAll(w, reflect.TypeFor[dog]().PkgPath(), "main") // which is the path that program gives it
		if i == len(got) || got[i] != w {
			g := "nothing"
			if i < len(got) {
				g = got[i]
			}
			t.Errorf("%s\ninterpreted: %s", w, g)
		}
	}
	if len(got) > len(want) {
		t.Errorf("more than compiled: %q", got[len(want):])
	}
}
