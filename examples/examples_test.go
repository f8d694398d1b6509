package examples

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTour runs each program of the tour as its reader would, and holds what it prints against its want.txt, in which a line of
// three dots stands for any lines.
func TestTour(t *testing.T) {
	programs, err := filepath.Glob("[0-9][0-9]_*/main.go")
	if err != nil || len(programs) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	server := buildServer(t)
	at := -1
	for _, program := range programs {
		dir := filepath.Dir(program)
		next := bytes.Index(readme, []byte(dir))
		if next <= at {
			t.Errorf("README.md does not name %s after the one before it", dir)
		}
		at = next
		t.Run(dir, func(t *testing.T) { runProgram(t, dir, server) })
	}
}

// buildServer builds rgo-server once, so that not every program of the tour links it again.
func buildServer(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "rgo-server")
	if out, err := exec.Command("go", "build", "-o", path, "../cmd/rgo-server").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

func runProgram(t *testing.T, dir, server string) {
	want, err := os.ReadFile(filepath.Join(dir, "want.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", "./"+dir, "exec:"+server+" --stdio")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
	}
	if !matches(string(want), stdout.String()) {
		t.Errorf("printed:\n%s\nwant:\n%s", &stdout, want)
	}
}

// matches reports whether text is what want describes.
func matches(want, text string) bool {
	parts := strings.Split("\n"+want, "\n...\n")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile(`\A` + strings.Join(parts, `\n(?s:.*)`) + `\z`).MatchString("\n" + text)
}
