package rgo_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

var fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestREADMEPrograms builds each program of the README, and runs those whose output the README shows.
func TestREADMEPrograms(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := fenced.FindAllStringSubmatch(string(readme), -1)
	programs := 0
	for i, b := range blocks {
		if b[1] != "go" {
			continue
		}
		programs++
		binary := buildSnippet(t, b[2])
		if i+1 == len(blocks) || blocks[i+1][1] != "output" {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		out, err := exec.CommandContext(ctx, binary).Output()
		cancel()
		if err != nil {
			t.Fatalf("%v\n%s", err, b[2])
		}
		if want := blocks[i+1][2]; string(out) != want {
			t.Errorf("printed:\n%s\nthe README says:\n%s", out, want)
		}
	}
	if programs == 0 {
		t.Fatal("the README shows no program")
	}
}

// buildSnippet builds a program of the README inside this module, where it sees the packages as they are now.
func buildSnippet(t *testing.T, source string) (binary string) {
	t.Helper()
	dir, err := os.MkdirTemp(".", "snippet")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	binary = filepath.Join(t.TempDir(), "snippet")
	out, err := exec.Command("go", "build", "-o", binary, "./"+dir).CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s\n%s", err, out, source)
	}
	return binary
}
