package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rgo-project/rgo/interp"
)

// tests runs the tests of packages, each in a session of its own, and prints what `go test` would. It returns the exit status.
func (inv *invocation) tests(open opener, interrupts <-chan os.Signal) int {
	code := statusOK
	for _, arg := range inv.testRun.dirs {
		dirs, err := packageDirs(arg)
		if err != nil {
			fmt.Fprintln(os.Stderr, "rgo-shell:", err)
			return statusUsage
		}
		for _, dir := range dirs {
			switch c := inv.testDir(open, dir, interrupts); c {
			case statusOK, statusCode:
				code = max(code, c)
			default: // the user has had enough, or there is no session
				return c
			}
		}
	}
	if code != statusOK {
		fmt.Println("FAIL")
	}
	return code
}

// testDir runs the tests of one package.
func (inv *invocation) testDir(open opener, dir string, interrupts <-chan os.Signal) int {
	p, err := packageIn(dir, inv.testRun.tags)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rgo-shell:", err)
		return statusUsage
	}
	session, code := inv.begin(open)
	if session == nil {
		return code
	}
	defer session.close()
	var kept bytes.Buffer
	out := io.Writer(&kept)
	if inv.testRun.shown {
		out = io.MultiWriter(&kept, os.Stdout)
	}
	job := &tested{asked: interp.Tests{Args: inv.testRun.args, Timeout: inv.testRun.timeout}}
	began := time.Now()
	code = batch(context.Background(), session, input{name: dir, pkg: p, tests: job, strict: true, stdout: out, stderr: out}, interrupts)
	var wrong *interp.CompileError
	switch {
	case errors.As(job.err, &wrong):
		fmt.Print(notRun(p, wrong))
		return statusCode
	case code != statusOK:
		return code
	}
	if job.verdict.Status != 0 && !inv.testRun.shown {
		_, _ = os.Stdout.Write(kept.Bytes()) // as much as can be told of it
	}
	fmt.Print(verdict(job.verdict, time.Since(began), kept.String(), inv.testRun.live))
	return min(job.verdict.Status, statusCode)
}

// tested are tests that a session is asked to run, and what came of them.
type tested struct {
	asked   interp.Tests
	verdict interp.Verdict
	err     error
}

// verdict is the line that the go command puts behind the output of a test binary.
func verdict(v interp.Verdict, took time.Duration, output string, live bool) string {
	seconds := fmt.Sprintf("%.3fs", took.Seconds())
	switch {
	case v.None:
		return fmt.Sprintf("?   \t%s\t[no test files]\n", v.Path)
	case v.Status != 0 && (live || output == ""):
		return fmt.Sprintf("exit status %d\nFAIL\t%s\t%s\n", v.Status, v.Path, seconds)
	case v.Status != 0:
		return fmt.Sprintf("FAIL\t%s\t%s\n", v.Path, seconds)
	case strings.Contains("\n"+output, "\ntesting: warning: no tests to run\n"):
		return fmt.Sprintf("ok  \t%s\t%s [no tests to run]\n", v.Path, seconds)
	}
	return fmt.Sprintf("ok  \t%s\t%s\n", v.Path, seconds)
}

// notRun is the line for a package that could not be run: because it cannot be read, or does not compile.
func notRun(p *interp.Package, err *interp.CompileError) string {
	path, unknown := p.Path()
	if unknown != nil {
		path = filepath.ToSlash(p.Dir)
	}
	if len(err.List) > 0 && strings.HasPrefix(err.List[0].Msg, "# ") {
		return fmt.Sprintf("FAIL\t%s [build failed]\n", path)
	}
	return fmt.Sprintf("FAIL\t%s [setup failed]\n", path)
}
