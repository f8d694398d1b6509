package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// remembered is how many inputs are read back from the history.
const remembered = 5000

// history is what was typed, across shells: a file to which each shell appends, one JSON value to an input, so that
// an input of many lines comes back as one. It is the line editor's history source.
type history struct {
	path    string
	torn    bool // the file does not end with a line
	entries []string
}

// record is a line of the file.
type record struct {
	When  time.Time `json:"when"`
	Input string    `json:"input"`
}

// historyPath follows the XDG base directories.
func historyPath() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "rgo", "history"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "rgo", "history"), nil
}

// openHistory reads the history at path. It is usable even when err is not nil: then this shell remembers for itself.
func openHistory(path string) (*history, error) {
	h := &history{}
	if path == "" {
		return h, errors.New("no place to keep a history")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return h, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return h, err
	}
	defer f.Close()
	if err := f.Chmod(0o600); err != nil { // inputs may hold secrets
		return h, err
	}
	h.path = path
	return h, h.read(f)
}

// read skips lines that are no records: a shell that was killed while writing must not cost the rest.
func (h *history) read(r io.Reader) error {
	for br := bufio.NewReader(r); ; {
		line, err := br.ReadBytes('\n')
		var rec record
		if json.Unmarshal(line, &rec) == nil && rec.Input != "" {
			h.add(rec.Input)
		}
		if errors.Is(err, io.EOF) {
			h.torn = len(line) > 0
			break
		}
		if err != nil {
			return err
		}
	}
	if len(h.entries) > 2*remembered {
		h.entries = append([]string(nil), h.entries[len(h.entries)-remembered:]...)
	}
	return nil
}

// add reports whether the entry is another than the one before.
func (h *history) add(entry string) bool {
	if n := len(h.entries); n > 0 && h.entries[n-1] == entry {
		return false
	}
	h.entries = append(h.entries, entry)
	return true
}

// Write remembers an input.
func (h *history) Write(entry string) (int, error) {
	entry = strings.TrimRight(entry, " \t\n")
	if strings.TrimSpace(entry) == "" || !h.add(entry) || h.path == "" {
		return len(h.entries), nil
	}
	line, err := json.Marshal(record{time.Now().UTC().Truncate(time.Second), entry})
	if err != nil {
		return len(h.entries), err
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return len(h.entries), err
	}
	if h.torn {
		line = append([]byte("\n"), line...)
		h.torn = false
	}
	_, err = f.Write(append(line, '\n')) // one write: shells that append at once do not mix
	return len(h.entries), errors.Join(err, f.Close())
}

// GetLine returns the entry at i.
func (h *history) GetLine(i int) (string, error) {
	if i < 0 || i >= len(h.entries) {
		return "", fmt.Errorf("history: entry %d of %d: %w", i, len(h.entries), fs.ErrNotExist)
	}
	return h.entries[i], nil
}

// Len is the number of entries.
func (h *history) Len() int { return len(h.entries) }

// Dump returns all entries.
func (h *history) Dump() any { return h.entries }
