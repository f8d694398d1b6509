package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestHistoryKeepsInputsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "rgo", "history")
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	multi := "func f() {\n\tx := `a\\nb`\n}"
	for _, entry := range []string{"1+1", "1+1", "  ", multi, "os.Exit(0)\n"} {
		if _, err := h.Write(entry); err != nil {
			t.Fatal(err)
		}
	}
	// A shell that was killed while writing.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString(`{"when":"2026-01-01T00:00:00Z","inp`)
	f.Close()

	if h, err = openHistory(path); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Write("after"); err != nil {
		t.Fatal(err)
	}
	again, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1+1", multi, "os.Exit(0)", "after"}
	if !slices.Equal(again.entries, want) {
		t.Errorf("got %q, want %q", again.entries, want)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
}

func TestHistoryWithoutAFile(t *testing.T) {
	h, err := openHistory("/proc/no/such/place")
	if err == nil {
		t.Error("no error")
	}
	_, _ = h.Write("x")
	if s, err := h.GetLine(0); s != "x" || err != nil {
		t.Errorf("GetLine: %q, %v", s, err)
	}
	if _, err := h.GetLine(1); err == nil {
		t.Error("GetLine past the end")
	}
}
