package front

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// TestTranscripts compiles the inputs of package interp's transcripts. What these call an error in the text is one here, and nothing else is.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("../../testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compileTranscript(t, strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"))
		})
	}
}

func compileTranscript(t *testing.T, lines []string) {
	f := newSession(ssa.SanityCheckFunctions)
	for i, n := 0, 0; i < len(lines); i++ {
		text, ok := strings.CutPrefix(lines[i], "> ")
		if !ok {
			continue
		}
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "| ") {
			i++
			text += "\n" + lines[i][2:]
		}
		n++
		name := fmt.Sprintf("in%d", n)
		var want []string
		for j := i + 1; j < len(lines) && strings.HasPrefix(lines[j], "! "+name+":"); j++ {
			want = append(want, lines[j][2:])
		}
		p, err := f.Compile(name, text)
		got := ""
		if err == nil {
			f.Commit(p)
		} else {
			got = err.Error()
		}
		if got != strings.Join(want, "\n") && !(got == "" && ofOldEngine(want)) {
			t.Errorf("> %s\n--- want\n%s\n--- got\n%s", text, strings.Join(want, "\n"), got)
		}
	}
}

// ofOldEngine tells whether the answer of a transcript is a limit that sessions had on an engine before this one.
func ofOldEngine(want []string) bool {
	for _, limit := range []string{"a session cannot tell ", "it cannot be told whether ", " cannot be used in a session yet"} {
		if len(want) > 0 && strings.Contains(want[0], limit) {
			return true
		}
	}
	return false
}
