package load_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/load"
	"github.com/rgo-project/rgo/interp/symbols"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// compiled is the standard library.
func compiled(path string) bool {
	_, ok := symbols.Lookup(path)
	return ok
}

func importer() load.Importer {
	return check.NewImporter(func(path string) (string, symbols.Table, bool) {
		t, ok := symbols.Lookup(path)
		return symbols.Name(path), t, ok
	})
}
