package conn

import (
	"math/rand/v2"
	"testing"
)

// TestExportsByKey gives out and takes back objects at random, and compares the table with a map. There are but 64 hashes.
func TestExportsByKey(t *testing.T) {
	x := exports{coarse: 64 - 6}
	want := map[any]uint64{} // by key, how often it was sent
	ids := map[any]uint64{}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		key := any(r.IntN(500))
		if r.IntN(2) == 0 {
			id := x.send(Export{Key: key, Object: key}, 0, nil)
			if have, ok := ids[key]; ok && have != id {
				t.Fatalf("key %v had the id %d, now it has %d", key, have, id)
			}
			ids[key] = id
			want[key]++
		} else if n := want[key]; n > 0 {
			by := 1 + r.Uint64N(n)
			gone, ok := x.release(ids[key], by)
			if want[key] -= by; !ok || (gone != nil) != (want[key] == 0) {
				t.Fatalf("releasing %d of %d of key %v: %v, %v", by, n, key, gone, ok)
			}
			if want[key] == 0 {
				delete(want, key)
				delete(ids, key)
			}
		}
		if x.byID.n != len(want) {
			t.Fatalf("%d exports, not %d", x.byID.n, len(want))
		}
		if have := x.keyed(key); (have != nil) != (want[key] > 0) || have != nil && have.key != key {
			t.Fatalf("key %v, sent %d times: %+v", key, want[key], have)
		}
	}
	if _, ok := x.release(1<<40, 1); ok {
		t.Error("what was never sent was released")
	}
	if gone := x.clear(); len(gone) != len(want) || x.byID.n != 0 || len(x.byHash) != 0 {
		t.Errorf("cleared %d of %d, %d are left", len(gone), len(want), x.byID.n)
	}
}
