package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"
)

// Case is a program of a table, with what is recorded of it.
type Case struct {
	Program
	Want     *Outcome // of the compiled program; nil if it has not been recorded yet
	Differs  *Outcome // what is known to come of it here, where that is not Want
	Unpasted string   // why the program cannot be given to a prompt in pieces, if it cannot
}

// ReadTables reads the txtar files in dir, in the order of their names.
func ReadTables(dir string) ([]*Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no tables in %s", dir)
	}
	var all []*Case
	for _, file := range files {
		cases, err := ReadTable(file)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	return all, nil
}

// ReadTable reads a table. NAME.go is a program; the sections behind it belong to it.
func ReadTable(file string) ([]*Case, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	theme := strings.TrimSuffix(filepath.Base(file), ".txtar")
	var cases []*Case
	for _, f := range txtar.Parse(text).Files {
		name, section, _ := strings.Cut(f.Name, ".")
		if section == "go" {
			cases = append(cases, &Case{Program: Program{Name: theme + "/" + name, Source: string(f.Data)}})
			continue
		}
		if len(cases) == 0 || cases[len(cases)-1].Name != theme+"/"+name {
			return nil, fmt.Errorf("%s: %s does not follow %s.go", file, f.Name, name)
		}
		if err := cases[len(cases)-1].set(section, string(f.Data)); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, f.Name, err)
		}
	}
	return cases, nil
}

// set takes in a section other than the source.
func (c *Case) set(section, text string) error {
	outcome := &c.Want
	rest, differs := strings.CutPrefix(section, "rgo.")
	if differs {
		outcome, section = &c.Differs, rest
	}
	switch section {
	case "in":
		c.Stdin = text
		return nil
	case "args":
		c.Args = strings.Fields(text)
		return nil
	case "unpasted":
		c.Unpasted = strings.TrimSpace(text)
		return nil
	case "out", "err", "end":
		if *outcome == nil {
			*outcome = &Outcome{End: Exited}
		}
		return (*outcome).set(section, text)
	}
	return fmt.Errorf("no such section")
}

// unended stands at the end of a recorded text whose last line was not ended.
const unended = "⏎\n"

func (o *Outcome) set(section, text string) error {
	plain := text
	if t, ok := strings.CutSuffix(text, unended); ok {
		plain = t
	}
	switch section {
	case "out":
		o.Stdout = plain
	case "err":
		o.Stderr = plain
	case "end":
		text = strings.TrimSuffix(text, "\n")
		kind, rest, _ := strings.Cut(text, " ")
		switch kind {
		case "exit":
			code, err := strconv.Atoi(rest)
			o.Exit = code
			return err
		case "panic:":
			o.End, o.Fault = Panicked, text
		case "refused:":
			o.End, o.Fault = Refused, rest
		default:
			return fmt.Errorf("%q is no end: exit CODE, panic: TEXT, refused: TEXT", text)
		}
	}
	return nil
}

// FormatTable writes cases down as ReadTable reads them.
func FormatTable(cases []*Case) []byte {
	var a txtar.Archive
	for _, c := range cases {
		_, name, _ := strings.Cut(c.Name, "/")
		add := func(section, text string) {
			a.Files = append(a.Files, txtar.File{Name: name + "." + section, Data: []byte(text)})
		}
		add("go", c.Source)
		if len(c.Args) > 0 {
			add("args", strings.Join(c.Args, " ")+"\n")
		}
		if c.Stdin != "" {
			add("in", c.Stdin)
		}
		if c.Unpasted != "" {
			add("unpasted", c.Unpasted+"\n")
		}
		c.Want.format("", add)
		c.Differs.format("rgo.", add)
	}
	return txtar.Format(&a)
}

func (o *Outcome) format(prefix string, add func(section, text string)) {
	if o == nil {
		return
	}
	ended := func(text string) string {
		if text == "" || strings.HasSuffix(text, "\n") {
			return text
		}
		return text + unended
	}
	add(prefix+"out", ended(o.Stdout))
	if o.Stderr != "" {
		add(prefix+"err", ended(o.Stderr))
	}
	switch {
	case o.End == Exited && o.Exit != 0:
		add(prefix+"end", fmt.Sprintf("exit %d\n", o.Exit))
	case o.End == Panicked:
		add(prefix+"end", o.Fault+"\n")
	case o.End == Refused:
		add(prefix+"end", "refused: "+o.Fault+"\n")
	}
}
