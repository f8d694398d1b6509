package front_test

import (
	"reflect"
	"testing"
)

// TestGiven gives a session values from outside.
func TestGiven(t *testing.T) {
	s := newSession()
	give := func(name string, v any) {
		t.Helper()
		prog, obj := s.front.Given(name, s.importer.Type(reflect.TypeOf(v)))
		for _, u := range prog.Units {
			if _, err := s.runUnit(u); err != nil {
				t.Fatal(err)
			}
		}
		s.vm.Var(obj).Set(reflect.ValueOf(v))
		s.front.Commit(prog)
	}
	ask := func(text, want string) {
		t.Helper()
		if got := s.run("in", text); got != want {
			t.Errorf("> %s\n%swant\n%s", text, got, want)
		}
	}
	give("n", 3)
	ask("n + 1", "4 (int)\n")
	ask("func get() int { return n }", "")
	give("n", 5)
	ask("get()", "5 (int)\n")
	give("n", "five")
	ask("n; get()", "5 (int)\n")
	ask("n", "\"five\" (string)\n")
	hits := 0
	give("hit", func(by int) { hits += by })
	ask("hit(2); hit(3)", "")
	if hits != 5 {
		t.Errorf("hit %d times", hits)
	}
	give("shared", &hits)
	ask("*shared = 7; *shared", "7 (int)\n")
	if hits != 7 {
		t.Errorf("hits is %d", hits)
	}
}
