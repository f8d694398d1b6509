package conformance_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/imports"

	"github.com/rgo-project/rgo/interp/conformance"
)

var update = flag.Bool("update", false, "complete and format the programs of testdata, and record what the compiled ones do")

// TestUpdate writes the tables anew if it is asked to. A program may be written without package clause and imports.
func TestUpdate(t *testing.T) {
	if !*update {
		t.Skip("only with -update")
	}
	cache := filepath.Join(os.TempDir(), "rgo-conformance-tables")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		cases, err := conformance.ReadTable(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			record(t, c, &conformance.Compiled{Cache: cache})
		}
		if t.Failed() {
			continue
		}
		if err := os.WriteFile(file, conformance.FormatTable(cases), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var packageClause = regexp.MustCompile(`(?m)^package `)

func record(t *testing.T, c *conformance.Case, compiled *conformance.Compiled) {
	source := c.Source
	if !packageClause.MatchString(source) {
		source = "package main\n\n" + source
	}
	formatted, err := imports.Process("main.go", []byte(source), nil)
	if err != nil {
		t.Errorf("%s: %v", c.Name, err)
		return
	}
	c.Source = string(formatted)
	o := compiled.Run(context.Background(), &c.Program)
	switch o.End {
	case conformance.Exited, conformance.Panicked:
		c.Want = &o
	default:
		t.Errorf("%s: the compiler says %s: %s", c.Name, o.End, strings.TrimSpace(o.Fault))
	}
}
