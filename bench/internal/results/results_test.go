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

// TestMerge takes each workload from the first run that has rgo in it.
func TestMerge(t *testing.T) {
	a, b := results.New(1, 0), results.New(1, 0)
	a.Order, b.Order = []string{"rgo", "grpc"}, []string{"rgo", "net-rpc"}
	for _, put := range []struct {
		r               *results.Results
		system, measure string
		v               float64
	}{
		{a, "rgo", "W1.us", 1},
		{a, "grpc", "W1.us", 2},
		{a, "grpc", "W2.us", 3},
		{b, "rgo", "W1.us", 4},
		{b, "net-rpc", "W1.us", 5},
		{b, "rgo", "W2.us", 6},
		{b, "net-rpc", "W2.us", 7},
	} {
		put.r.Put(put.system, put.measure, 0, put.v)
	}
	all := results.Merge(a, b)
	want := map[string]map[string][]float64{
		"rgo": {"W1.us": {1}, "W2.us": {6}}, "grpc": {"W1.us": {2}}, "net-rpc": {"W2.us": {7}},
	}
	if !reflect.DeepEqual(all.Samples, want) {
		t.Errorf("%v, not %v", all.Samples, want)
	}
	if !reflect.DeepEqual(all.Order, []string{"rgo", "grpc", "net-rpc"}) {
		t.Errorf("%v", all.Order)
	}
}
