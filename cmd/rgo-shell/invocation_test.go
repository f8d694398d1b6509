package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/cmd/internal/local"
)

func TestParse(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.go")
	if err := os.WriteFile(script, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want invocation
	}{
		{nil, invocation{}},
		{[]string{"local"}, invocation{target: local.Target()}},
		{[]string{"-c", "x", "a", "-b"}, invocation{code: "x", hasCode: true, args: []string{"a", "-b"}}},
		{[]string{"-c", ""}, invocation{hasCode: true}},
		{[]string{"unix:///a", "-c", "x"}, invocation{target: "unix:///a", code: "x", hasCode: true}},
		{[]string{"-c", "x", "unix:///a", "b"}, invocation{target: "unix:///a", code: "x", hasCode: true, args: []string{"b"}}},
		{[]string{script, "-c", "local"}, invocation{script: script, args: []string{"-c", "local"}}},
		{[]string{"tcp://127.0.0.1:1", "--timeout", "3s", script, "a"}, invocation{target: "tcp://127.0.0.1:1", timeout: timeout(3 * time.Second), script: script, args: []string{"a"}}},
		{[]string{"exec:ssh web1 rgo-server --stdio", "-", "a"}, invocation{target: "exec:ssh web1 rgo-server --stdio", script: "-", args: []string{"a"}}},
		{[]string{"--token-file", "f", "local"}, invocation{tokenFile: "f", target: local.Target()}},
	} {
		got, err := parse(test.args)
		if err != nil {
			t.Errorf("%q: %v", test.args, err)
			continue
		}
		if test.want.timeout == 0 {
			test.want.timeout = defaultTimeout
		}
		if len(got.args) == 0 {
			got.args = nil
		}
		if !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", test.args, *got, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"web1:7070"}, "did you mean tcp://web1:7070?"},
		{[]string{"ssh:web1"}, "exec:'ssh HOST rgo-server --stdio'"},
		{[]string{"unix://"}, "names nothing"},
		{[]string{"no-such-file.go"}, "no such file"},
		{[]string{"."}, "is a directory"},
		{[]string{"--timeout", "0"}, "more than nothing"},
		{[]string{"--nonsense"}, "nonsense"},
		{[]string{"-c"}, "needs an argument"},
	} {
		_, err := parse(test.args)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.args, err, test.want)
		}
	}
	if _, err := parse([]string{"local", "--help"}); !errors.Is(err, errHelp) {
		t.Errorf("--help after the target: %v", err)
	}
}

func TestUnhash(t *testing.T) {
	for in, want := range map[string]string{
		"#!/usr/bin/env rgo-shell\nx": "///usr/bin/env rgo-shell\nx",
		"x := 1 // #!":                "x := 1 // #!",
	} {
		if got := unhash(in); got != want {
			t.Errorf("unhash(%q) = %q", in, got)
		}
	}
}
