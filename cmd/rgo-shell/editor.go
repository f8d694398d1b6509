package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/reeflective/readline"
	"golang.org/x/term"
)

const (
	prompt       = "rgo> "
	continuation = "...> " // as wide as the prompt
)

// errCleared is returned by read when the user gave the line up with Ctrl-C.
var errCleared = errors.New("the line was given up")

// editor reads inputs from the terminal, a line or as many as it takes.
type editor struct {
	rl *readline.Shell
	// incomplete says whether an input needs more lines.
	incomplete func(src string) bool
	// session is whom to ask for completions: another one after a session was lost.
	session func() peer
	dim     func(string) string
	size    func() (width, height int) // of the screen
}

func newEditor(h *history, incomplete func(string) bool, session func() peer, dim func(string) string) (*editor, error) {
	e := &editor{rl: readline.NewShell(), incomplete: incomplete, session: session, dim: dim, size: screenSize}
	e.rl.Prompt.Primary(func() string { return prompt })
	e.rl.AcceptMultiline = func(line []rune) bool { return !e.incomplete(string(line)) }
	e.rl.SyntaxHighlighter = e.display
	e.rl.PasteTransformer = func(text string) string { return strings.TrimRight(text, "\n") }
	e.rl.Completer = e.complete
	e.rl.History.Add("history", h)

	complete, insert := e.rl.Keymap.Commands()["complete"], e.rl.Keymap.Commands()["self-insert"]
	e.rl.Keymap.Register(map[string]func(){
		"complete": func() {
			if e.indenting() {
				e.rl.Cursor().InsertAt('\t')
				return
			}
			complete()
		},
		"self-insert": func() {
			if !e.insertWide(e.rl.Keys.Caller()) {
				insert()
			}
		},
	})
	return e, e.configure()
}

// insertWide inserts what was typed if it is a character beyond ASCII, which may be of several runes: a letter and its accents, a flag. The
// editor itself inserts the first, and writes U+0080 to U+00FF as if it were the Meta key with a letter.
func (e *editor) insertWide(typed []rune) bool {
	if len(string(typed)) < 2 || typed[0] < ' ' {
		return false
	}
	e.rl.History.SkipSave()
	e.rl.Cursor().InsertAt(typed...)
	return true
}

// configure sets what must be so for Go code; all else is as the user's inputrc has it.
func (e *editor) configure() error {
	for name, value := range map[string]any{
		"enable-bracketed-paste":  true, // a pasted func is one input, and its tabs are tabs
		"multiline-column":        false,
		"comment-begin":           "//",
		"cursor-position-probe":   false, // see display
		"echo-control-characters": true,
		"blink-matching-paren":    false,
		"history-autosuggest":     false,
		"autopairs":               false,
		"completion-ignore-case":  false,
		"usage-hint-always":       false,
		// What is typed is UTF-8: a letter of U+0080 to U+00FF is that letter, and not the Meta key with another, which is ESC and the other.
		"convert-meta": false,
		// The first Tab completes as far as all candidates agree, and lists them.
		"menu-complete-display-prefix": true,
	} {
		if err := e.rl.Config.Set(name, value); err != nil {
			return fmt.Errorf("line editor: %s: %w", name, err)
		}
	}
	return nil
}

// read returns the next input. At the end of the terminal's input, or at Ctrl-D on an empty line, the error is io.EOF; at Ctrl-C it is errCleared.
func (e *editor) read() (string, error) {
	line, err := e.rl.Readline()
	switch {
	case errors.Is(err, readline.ErrInterrupt):
		return "", errCleared
	case err != nil && !errors.Is(err, io.EOF):
		return "", fmt.Errorf("line editor: %w", err)
	}
	return line, err
}

// notice shows text above the line being edited.
func (e *editor) notice(text string) { _, _ = e.rl.PrintTransientf("%s", text) }

// display is what the editor writes for the input, having moved the cursor to its beginning. It puts the continuation prompt in front of each line but the first, into
// the place that the editor keeps free. And before anything else it makes room below (ESC D goes down a row, and scrolls at the last one), so
// that the editor, which moves relatively, never meets the bottom of the screen. The editor's own way of knowing where that is, to ask the
// terminal at each key, loses what is typed while the answer is under way.
func (e *editor) display(line []rune) string {
	text := string(line)
	room := min(e.rows(text)+1, e.height()-1)
	return strings.Repeat("\x1bD", room) + fmt.Sprintf("\x1b[%dA", room) +
		strings.ReplaceAll(text, "\n", "\n\r"+e.dim(continuation))
}

// rows is how many rows an input takes on the screen, rather one too many than one too few.
func (e *editor) rows(text string) int {
	width, _ := e.size()
	n := 0
	for line := range strings.Lines(text + "\n") {
		n += 1 + (len(prompt)+len(line)+8*strings.Count(line, "\t"))/width
	}
	return n
}

func (e *editor) height() int {
	_, height := e.size()
	return height
}

// screenSize is that of the terminal we write to.
func screenSize() (width, height int) {
	width, height, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || width < 1 || height < 2 {
		return 80, 24
	}
	return width, height
}

// indenting reports whether there is nothing but blanks before the cursor on its line: there, Tab is a tab.
func (e *editor) indenting() bool {
	before := string((*e.rl.Line())[:e.rl.Cursor().Pos()])
	before = before[strings.LastIndexByte(before, '\n')+1:]
	return strings.TrimSpace(before) == "" && len(*e.rl.Line()) > 0
}

// completionTime is how long Tab may take.
const completionTime = time.Second

// complete asks the session. The editor wants whole words: what stands before the cursor is repeated in each.
func (e *editor) complete(line []rune, cursor int) readline.Completions {
	before := string(line[:cursor])
	word := lastWord(before)
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	var values []string
	for _, c := range e.session().complete(ctx, string(line), len(before)) {
		if c.from < len(before)-len(word) || c.from > len(before) {
			continue
		}
		values = append(values, before[len(before)-len(word):c.from]+c.text)
	}
	comps := readline.CompleteValues(values...)
	comps.PREFIX = word
	return comps
}

// lastWord is the dotted name that s ends in.
func lastWord(s string) string {
	isName := func(r rune) bool { return r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	return s[len(strings.TrimRightFunc(s, isName)):]
}
