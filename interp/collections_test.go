package interp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/interp"
)

// TestCollections runs programs that tell what the collector finds while they run. Beside each is what it prints when it is compiled: a call under way keeps
// no more than what is used after it.
func TestCollections(t *testing.T) {
	dir := filepath.Join("testdata", "collections")
	list, err := filepath.Glob(filepath.Join(dir, "*.want"))
	if err != nil || len(list) == 0 {
		t.Fatal("no programs", err)
	}
	for _, file := range list {
		name := strings.TrimSuffix(filepath.Base(file), ".want")
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			s := session(t, interp.Options{Stdout: &out})
			if err := s.RunPackage(t.Context(), interp.Package{Root: dir, Files: []string{"objects.go", name + ".go"}}); err != nil {
				t.Fatal(err)
			}
			if out.String() != string(want) {
				t.Errorf("it prints\n%s\ncompiled:\n%s", &out, want)
			}
		})
	}
}
