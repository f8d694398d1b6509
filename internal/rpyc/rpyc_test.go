package rpyc_test

import (
	"errors"
	"testing"

	"github.com/rgo-project/rgo/internal/rpyc"
)

func TestCallback(t *testing.T) {
	each, err := rpyc.Callback(t.Context(), 100)
	if errors.Is(err, rpyc.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil || each <= 0 {
		t.Errorf("%v, %v", each, err)
	}
}
