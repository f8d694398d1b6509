package gotest

import (
	"bytes"
	"fmt"
	"time"
)

// Verdict is the line that the go command puts behind the output of a test binary.
func Verdict(path string, code int, took time.Duration, output []byte) string {
	const nothing = "\ntesting: warning: no tests to run\n"
	switch seconds := took.Seconds(); {
	case code != 0:
		return fmt.Sprintf("FAIL\t%s\t%.3fs\n", path, seconds)
	case bytes.HasPrefix(output, []byte(nothing[1:])) || bytes.Contains(output, []byte(nothing)):
		return fmt.Sprintf("ok  \t%s\t%.3fs [no tests to run]\n", path, seconds)
	default:
		return fmt.Sprintf("ok  \t%s\t%.3fs\n", path, seconds)
	}
}

// NoTestFiles is the line for a package without tests.
func NoTestFiles(path string) string { return fmt.Sprintf("?   \t%s\t[no test files]\n", path) }

// NotRun is the line for a package that could not be run: why is "setup failed" if it could not be read, "build failed" if it does not compile.
func NotRun(path, why string) string { return fmt.Sprintf("FAIL\t%s [%s]\n", path, why) }
