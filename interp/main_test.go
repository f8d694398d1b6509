package interp_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails if anything is left running, but for the sleeper of TestInterruptLoop, which no interpreter can wake, and code that
// blocks for ever there.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("time.Sleep"),
		goleak.IgnoreAnyFunction("github.com/rgo-project/rgo/interp.(*Session).Close.func1"),
	)
}
