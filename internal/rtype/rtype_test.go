package rtype_test

import (
	"testing"

	"github.com/rgo-project/rgo/internal/rtype"
)

func TestSupported(t *testing.T) {
	if err := rtype.Supported(); err != nil {
		t.Fatal(err)
	}
}
