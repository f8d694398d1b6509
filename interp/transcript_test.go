package interp_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/interp"
)

var update = flag.Bool("update", false, "write the transcripts in testdata anew")

// TestTranscripts runs the sessions of testdata. Lines that begin with "> " are an input, "| " goes on with it; what follows is what the
// session answers: the output, the values with their types, or the error.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, string(want))
			if got == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s (go test -update writes it anew):\n%s", file, diff(string(want), got))
		})
	}
}

// replay runs the inputs of a transcript in a new session and writes the transcript down anew.
func replay(t *testing.T, transcript string) string {
	var out bytes.Buffer
	s, err := interp.NewSession(interp.Options{Stdin: strings.NewReader("first line\nsecond line\n"), Stdout: &out, Stderr: &out, Args: []string{"prog", "arg"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	var b strings.Builder
	lines := strings.Split(strings.TrimSuffix(transcript, "\n"), "\n")
	n := 0
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if strings.HasPrefix(line, "#") || line == "" {
			b.WriteString(line + "\n")
			continue
		}
		first, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue // an old answer
		}
		src := first
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "| ") {
			i++
			src += "\n" + lines[i][2:]
		}
		n++
		b.WriteString("> " + strings.ReplaceAll(src, "\n", "\n| ") + "\n")
		b.WriteString(answer(s, &out, fmt.Sprintf("in%d", n), src))
	}
	return b.String()
}

func answer(s *interp.Session, out *bytes.Buffer, name, src string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out.Reset()
	values, err := s.Run(ctx, interp.Input{Name: name, Source: src})
	text := out.String()
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "⏎\n"
	}
	var shown []string
	for _, v := range values {
		shown = append(shown, interp.Format(v)+" ("+v.Type+")")
	}
	if len(shown) > 0 {
		text += strings.Join(shown, ", ") + "\n"
	}
	var p *interp.PanicError
	switch {
	case errors.As(err, &p):
		text += "! " + p.Error()
		for _, f := range p.Stack {
			text += fmt.Sprintf(" @ %s %s:%d", f.Func, f.File, f.Line)
		}
		text += "\n"
	case err != nil:
		text += "! " + strings.ReplaceAll(err.Error(), "\n", "\n! ") + "\n"
	}
	return text
}

func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			from := max(i-3, 0)
			return "from line " + fmt.Sprint(i+1) + "\n--- want\n" + strings.Join(w[from:min(i+5, len(w))], "\n") +
				"\n--- got\n" + strings.Join(g[from:min(i+5, len(g))], "\n")
		}
	}
	return "no difference"
}
