package interp

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// FuzzUnpack: an archive is unpacked into its directory and nowhere else, or refused, and then nothing is left of it.
func FuzzUnpack(f *testing.F) {
	dir := f.TempDir()
	for _, name := range []string{"a.go", "b.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("package a\n"), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	data, err := pack(map[string][]string{"main": {"a.go", "b.txt"}}, map[string]string{"main": dir})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, data []byte) {
		temp := t.TempDir()
		t.Setenv("TMPDIR", temp)
		dir, err := unpack(data)
		if err == nil {
			if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() && !e.Type().IsRegular() {
					t.Errorf("%s is a %v", path, e.Type())
				}
				return err
			}); err != nil {
				t.Error(err)
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Error(err)
			}
		}
		left, err := os.ReadDir(temp)
		if err != nil || len(left) > 0 {
			t.Errorf("left over: %v, %v", left, err)
		}
	})
}
