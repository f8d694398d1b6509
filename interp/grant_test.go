package interp_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
	"github.com/rgo-project/rgo/netproxy"
)

// granting serves a session with the options to a peer, and returns it as that peer has it.
func granting(t *testing.T, o interp.Options) (context.Context, *interp.Remote) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	left, right := conn.Pipe(conn.Config{Name: "here"}, interp.NewServer(o).Config)
	t.Cleanup(func() {
		cancel()
		_ = left.Close()
		_ = right.Close()
		_ = left.Wait()
		_ = right.Wait()
	})
	return ctx, interp.On(left)
}

// refused checks that an error says which rule refused.
func refused(t *testing.T, what string, err error, rule string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), rule) {
		t.Errorf("%s: %v, which does not say %q", what, err, rule)
	}
}

func TestModulesWithoutTheInterpreter(t *testing.T) {
	ctx, there := granting(t, interp.Options{Grant: interp.GrantModules})
	if s, err := netproxy.Call[string](ctx, there.Module("strings"), "ToUpper", "abc"); s != "ABC" || err != nil {
		t.Errorf("a func: %q, %v", s, err)
	}
	if list, err := there.Modules(ctx); !slices.Contains(list, "strings") || err != nil {
		t.Errorf("the modules: %v", err)
	}
	rule := `the session is offered with the grant "modules"`
	_, err := there.Run(ctx, "1+1")
	if refused(t, "Run", err, rule); !errors.Is(err, netproxy.ErrDenied) {
		t.Errorf("Run: %v is not ErrDenied", err)
	}
	_, err = there.Eval(ctx, "1+1")
	refused(t, "Eval", err, rule)
	refused(t, "Set", there.Set(ctx, "x", 1), rule)
	_, _, err = there.Complete(ctx, "fm", 2)
	refused(t, "Complete", err, rule)
	err = there.RunPackage(ctx, interp.Package{Root: "testdata"})
	if err == nil {
		t.Error("a package runs")
	}
	root := netproxy.Root(there.Conn())
	for _, name := range []string{"Run", "Eval", "RunPackage", "TestPackage", "Interrupt", "Set", "Complete", "session", "v"} {
		_, err := root.Get(ctx, name)
		refused(t, "Get "+name, err, rule)
		_, err = root.Call(ctx, name)
		refused(t, "Call "+name, err, rule)
	}
	if names, err := root.Names(ctx); !slices.Equal(names, []string{"Module", "Modules", "System"}) || err != nil {
		t.Errorf("Names: %q, %v", names, err)
	}
	if s, err := root.Display(ctx); s != "a session, offered with the grant modules" || err != nil {
		t.Errorf("Display: %q, %v", s, err)
	}
	if elem, err := root.Elem(ctx); err == nil {
		_, err = elem.Get(ctx, "v")
		refused(t, "Elem", err, rule)
	}
}

func TestNothing(t *testing.T) {
	ctx, there := granting(t, interp.Options{Grant: interp.GrantNothing})
	_, err := there.Run(ctx, "1+1")
	refused(t, "Run", err, `the grant "nothing"`)
	_, err = there.Module("strings").Call(ctx, "ToUpper", "x")
	refused(t, "Module", err, `the grant "nothing"`)
	_, err = there.Modules(ctx)
	refused(t, "Modules", err, `the grant "nothing"`)
}

func TestGrantedPackages(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret.txt"), []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":  "module secret\n",
		"main.go": "package main\nimport _ \"embed\"\n//go:embed secret.txt\nvar s string\nfunc main() { println(s) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, there := granting(t, interp.Options{Packages: []string{"strings", "fmt", "encoding/...", "embed"}})
	rule := "this session has only strings, fmt, encoding/..., embed"
	for _, src := range []string{`strings.ToUpper("a")`, `import "encoding/json"; json.Valid(nil)`, `import "encoding"; var _ encoding.TextMarshaler`, `fmt.Sprint(1)`} {
		if _, err := there.Run(ctx, src); err != nil {
			t.Errorf("%s: %v", src, err)
		}
	}
	for _, src := range []string{
		`os.Getpid()`, `exec.Command("true")`, `import "os"; os.Getpid()`, `import . "os"; Getpid()`, `import x "unsafe"; x.Sizeof(1)`,
		`var i int; unsafe.Pointer(&i)`, `import "encodingx"`, "package main\nimport \"os/exec\"\nfunc main() { exec.Command(\"true\").Run() }", `reflect.ValueOf(1)`,
		`syscall.Getpid()`, `import _ "plugin"`,
	} {
		_, err := there.Run(ctx, src)
		refused(t, src, err, rule)
	}
	if list, err := there.Modules(ctx); err != nil || slices.Contains(list, "os") || !slices.Contains(list, "encoding/json") || !slices.Contains(list, "encoding") {
		t.Errorf("Modules: %q, %v", list, err)
	}
	_, err := there.Module("os").Get(ctx, "Args")
	if refused(t, "Module", err, rule); !errors.Is(err, netproxy.ErrDenied) {
		t.Errorf("Module: %v is not ErrDenied", err)
	}
	if _, names, err := there.Complete(ctx, "o", 1); err != nil || slices.Contains(names, "os") {
		t.Errorf("Complete: %q, %v", names, err)
	}
	if err := there.Execute(ctx, `fmt.Sprint(2)`, interp.Args("a", "b")); err != nil {
		t.Errorf("with arguments: %v", err)
	}
	refused(t, "a package on the session's disk", there.RunPackage(ctx, interp.Package{Root: dir}, interp.SameDisk()), "a package on the session's own disk")
	if err := there.RunPackage(ctx, interp.Package{Root: dir}); err != nil { // it is sent
		t.Errorf("a package that is sent: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\nimport \"os\"\nfunc main() { os.Getpid() }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, "a package that imports another", there.RunPackage(ctx, interp.Package{Root: dir}), "os")
}

func TestPatternsOfPackages(t *testing.T) {
	for _, bad := range []string{"", "net...", "a/.../b", ".../net"} {
		if _, err := interp.NewSession(interp.Options{Packages: []string{bad}}); err == nil {
			t.Errorf("%q is taken for a pattern", bad)
		}
	}
	for pattern, want := range map[string]bool{"...": true, "net/...": true, "os": true, "unsafe": true, "nett": false, "o": false, "foo/...": false} {
		if interp.Matches(pattern) != want {
			t.Errorf("Matches(%q) is %t", pattern, !want)
		}
	}
}
