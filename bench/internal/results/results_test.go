package results_test

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/rgo-project/rgo/bench/internal/results"
)

// TestFile writes results and reads them again.
func TestFile(t *testing.T) {
	r := results.New(2, 30*time.Millisecond)
	r.Order, r.Errors = []string{"rgo", "net-rpc"}, []string{`a "quoted" one`}
	r.Put("rgo", "W1C.p50_us", 0, 12.34567)
	r.Put("rgo", "W1C.p50_us", 1, 13)
	r.Put("net-rpc", "W1C.p50_us", 1, 14)
	r.Over()
	path := filepath.Join(t.TempDir(), "r.json")
	if err := r.Write(path); err != nil {
		t.Fatal(err)
	}
	back, err := results.Read(path)
	if err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("%+v, %v, not %+v", back, err, r)
	}
	if got := r.Samples["net-rpc"]["W1C.p50_us"]; !reflect.DeepEqual(got, []float64{-1, 14}) {
		t.Errorf("a cycle without a value: %v", got)
	}
	if got := r.Systems("W1C.p50_us"); !reflect.DeepEqual(got, r.Order) {
		t.Errorf("systems: %v", got)
	}
	if _, err := results.Read(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that does not exist was read")
	}
}
