package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
)

// TestREADMETranscript types what the README's transcript types, and wants to see what it shows.
func TestREADMETranscript(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindSubmatch(readme)
	if block == nil {
		t.Fatal("the README shows no transcript")
	}
	inputs, want := transcript(string(block[1]))
	if len(inputs) == 0 {
		t.Fatal("the transcript types nothing")
	}
	here, there := conn.Pipe(conn.Config{}, interp.NewServer(interp.Options{}).Config)
	p := newSession(here, nil)
	defer func() {
		p.close()
		if err := there.Wait(); err != nil {
			t.Error(err)
		}
	}()
	got, code := prompted(t, &repl{session: p}, inputs...)
	if code != statusOK || got != want {
		t.Errorf("exit status %d, shown:\n%s\nthe README shows:\n%s", code, got, want)
	}
}

// transcript takes apart what a session at the prompt looks like. The host's name is made the one of this machine.
func transcript(text string) (inputs []string, shown string) {
	host, _ := os.Hostname() // where there is none, the transcript's own stays, and the test says so
	for line := range strings.Lines(strings.ReplaceAll(text, `"web1"`, `"`+host+`"`)) {
		if input, ok := strings.CutPrefix(line, "rgo> "); ok {
			inputs = append(inputs, input)
		} else if more, ok := strings.CutPrefix(line, "...> "); ok {
			inputs[len(inputs)-1] += more
		} else if len(inputs) > 0 {
			shown += line
		}
	}
	return inputs, shown
}
