package soak_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rgo-project/rgo/internal/soak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The soak command of bench runs for hours; this is a look at whether it still can.
func TestNothingBreaksInAShortTime(t *testing.T) {
	tally, err := soak.Run(context.Background(), soak.Config{Seed: uint64(time.Now().UnixNano()), For: 12 * time.Second, Life: 250 * time.Millisecond, Out: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	if tally.Rounds < 3 || tally.Calls() < 100 {
		t.Errorf("hardly anything was tried: %v", tally)
	}
}
