package vm

import (
	"go/token"
	"go/types"
	"reflect"
	"sync"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
	"github.com/rgo-project/rgo/interp/internal/reify"
)

func newNamed(pkg *types.Package, name string, under types.Type) *types.Named {
	return types.NewNamed(types.NewTypeName(token.NoPos, pkg, name, nil), under, nil)
}

// TestRenewedTypes asserts types that were given methods since the code was compiled, or since the values were made.
func TestRenewedTypes(t *testing.T) {
	pkg := types.NewPackage("main", "main")
	all := reify.New(reify.Config{Known: func(*types.Named) (reflect.Type, bool) { return nil, false }})
	c := &compiler{m: &Machine{types: all}}
	named, namesake := newNamed(pkg, "T", types.Typ[types.Int]), newNamed(pkg, "T", types.Typ[types.Int])
	list := types.NewSlice(named)

	old, oldList := all.Of(named), all.Of(list)
	before, beforeList := c.typeTest(old), c.typeTest(oldList)
	all.Renew(named)
	now, nowList := all.Of(named), all.Of(list)
	after, afterList := c.typeTest(now), c.typeTest(nowList)
	if old == now || oldList == nowList {
		t.Fatal("nothing was renewed")
	}
	for _, typ := range []reflect.Type{old, now} {
		if w := rtype.Word(typ); !before.is(w) || !after.is(w) || !before.is(w) {
			t.Errorf("%v is not taken for itself", typ)
		}
	}
	for _, typ := range []reflect.Type{oldList, nowList} {
		if w := rtype.Word(typ); !beforeList.is(w) || !afterList.is(w) {
			t.Errorf("%v is not taken for itself", typ)
		}
	}
	for _, other := range []reflect.Type{all.Of(namesake), reflect.TypeFor[int](), reflect.TypeFor[[]int](), nowList} {
		if w := rtype.Word(other); before.is(w) || after.is(w) || after.is(w) {
			t.Errorf("%v is taken for %v", other, now)
		}
	}
	if before.is(nil) || after.is(nil) {
		t.Error("nil is taken for a type")
	}
}

// TestTypeCache asks for more types than a cache has room for, from several goroutines.
func TestTypeCache(t *testing.T) {
	var (
		cache typeCache
		wg    sync.WaitGroup
		list  []reflect.Type
	)
	for i := range 3 * typeCacheSize {
		list = append(list, reflect.ArrayOf(i, reflect.TypeFor[string]()))
	}
	for range 4 {
		wg.Go(func() {
			for range 100 {
				for _, typ := range list {
					w := rtype.Word(typ)
					if got := cache.of(w, func(w unsafe.Pointer) unsafe.Pointer { return w }); got != w {
						t.Errorf("%v: wrong fact", typ)
					}
				}
			}
		})
	}
	wg.Wait()
}
