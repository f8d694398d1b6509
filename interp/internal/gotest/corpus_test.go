package gotest

import (
	"fmt"
	"math"
	"reflect"
	"testing"
)

// TestDecodeCorpus reads what go test writes.
func TestDecodeCorpus(t *testing.T) {
	const text = "go test fuzz v1\r\nstring(\"a\\n\")\n[]byte(\"\\xff\")\nint(-1)\nint8(-128)\nbyte('\\x07')\nuint64(18446744073709551615)\nrune('é')\nint32(65)\n" +
		"bool(true)\nfloat64(1e+300)\nfloat32(0.5)\nfloat64(+Inf)\nfloat32(-Inf)\nfloat64(NaN)\nmath.Float64frombits(0x7ff8000000000002)\n\n"
	got, err := decodeCorpus(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []any{
		"a\n",
		[]byte{0xff},
		-1, int8(-128), byte(7), uint64(math.MaxUint64), 'é', int32(65),
		true, 1e300, float32(0.5), math.Inf(1), float32(math.Inf(-1)), math.NaN(), math.Float64frombits(0x7ff8000000000002),
	}
	if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
		t.Errorf("got\n%#v\nwant\n%#v", got, want)
	}
	if bits := math.Float64bits(got[14].(float64)); bits != 0x7ff8000000000002 {
		t.Errorf("bits %#x", bits)
	}
}

func TestCorpusErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "unmarshal: not a corpus file of version 1",
		"go test fuzz v2\nint(1)":               "unmarshal: not a corpus file of version 1",
		"go test fuzz v1\nint8(300)":            `unmarshal: malformed line "int8(300)": eval:1:6: constant 300 overflows int8`,
		"go test fuzz v1\nos.Exit(1)":           `unmarshal: malformed line "os.Exit(1)": os.Exit is not a type that fuzz targets take`,
		"go test fuzz v1\nint(1, 2)":            `unmarshal: malformed line "int(1, 2)": expected a conversion of one value`,
		"go test fuzz v1\n[]byte(len(\"abc\"))": "",
		"go test fuzz v1\nstring(":              `unmarshal: malformed line "string(": 1:8: expected ')', found 'EOF'`,
	} {
		got, err := decodeCorpus(text)
		if err == nil && want != "" || err != nil && want != "" && err.Error() != want {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
	err := checkCorpus([]any{1, "a"}, []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[[]byte]()})
	if want := "mismatched types in corpus entry: [int string], want [int []uint8]"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if checkCorpus(nil, []reflect.Type{reflect.TypeFor[int]()}) == nil {
		t.Error("no value will do for one")
	}
}
