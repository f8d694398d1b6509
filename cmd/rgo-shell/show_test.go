package main

import "testing"

func TestPrintsItself(t *testing.T) {
	for source, want := range map[string]bool{
		`fmt.Println("x")`:                                          true,
		`x := "a;b"; fmt.Printf("%d;", x)`:                          true,
		"func f() {\n}\nfmt.Fprint(\n\tos.Stdout,\n\t`a\nb`,\n);\n": true,
		`os.Stdout.WriteString("w")`:                                true,
		`fmt.Println("x"); os.Open("y")`:                            false,
		`f.WriteString("w")`:                                        false,
		`strconv.Atoi("7")`:                                         false,
		``:                                                          false,
	} {
		if got := printsItself(source); got != want {
			t.Errorf("printsItself(%q) = %v", source, got)
		}
	}
}
