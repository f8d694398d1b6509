package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

func TestIntegers(t *testing.T) {
	for _, v := range []int64{0, 1, 23, 24, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, -1, -24, -25, -256, -257, math.MinInt64} {
		b := AppendInt(nil, v)
		want, err := cbor.Marshal(v)
		if err != nil || !bytes.Equal(b, want) {
			t.Errorf("%d is %x, the library has %x (%v)", v, b, want, err)
		}
		r := NewReader(b)
		if got, err := r.Int(); err != nil || got != v || r.Len() != 0 {
			t.Errorf("%d came back as %d, %v, %d bytes left", v, got, err, r.Len())
		}
	}
	r := NewReader(AppendUint(nil, math.MaxUint64))
	if _, err := r.Int(); err == nil {
		t.Error("an integer that does not fit was read as one that does")
	}
	if v, err := r.Uint(); err != nil || v != math.MaxUint64 {
		t.Error("after an error the reader stands where it stood:", v, err)
	}
}

func TestFloatsKeepEveryBit(t *testing.T) {
	mode, err := cbor.EncOptions{ShortestFloat: cbor.ShortestFloat16}.EncMode()
	if err != nil {
		t.Fatal(err)
	}
	values := []float64{
		0, math.Copysign(0, -1), 1, -1.5, 65504, 65520, 1e10, math.Pi, math.MaxFloat32, math.MaxFloat64, math.SmallestNonzeroFloat64,
		math.SmallestNonzeroFloat32, math.Inf(1), math.Inf(-1), math.Ldexp(1, -14), math.Ldexp(1, -24), math.Ldexp(3, -24), math.Ldexp(1, -25), 1.0 / 3,
	}
	for h := range 0x7c00 { // and every half there is
		values = append(values, fromHalf(uint16(h)))
	}
	for _, v := range values {
		b := AppendFloat64(nil, v)
		if want, err := mode.Marshal(v); err != nil || !bytes.Equal(b, want) {
			t.Fatalf("%g is %x, the library has %x (%v)", v, b, want, err)
		}
		r := NewReader(b)
		if got, err := r.Float(); err != nil || math.Float64bits(got) != math.Float64bits(v) {
			t.Fatalf("%g came back as %g, %v", v, got, err)
		}
	}
	odd := math.Float64frombits(0x7ff8000000000123)
	r := NewReader(AppendFloat64(nil, odd))
	if got, err := r.Float(); err != nil || math.Float64bits(got) != math.Float64bits(odd) {
		t.Errorf("a NaN lost its bits: %x, %v", math.Float64bits(got), err)
	}
}

func TestReaderWalksEverything(t *testing.T) {
	var b []byte
	b = AppendArray(b, 9)
	b = AppendText(b, "grüß")
	b = AppendBytes(b, []byte{1, 2})
	b = AppendMap(b, 1)
	b = AppendText(b, "k")
	b = AppendNil(b)
	b = AppendTag(b, 1000)
	b = AppendUint(b, 7)
	b = AppendBool(b, true)
	b = AppendBool(b, false)
	b = AppendFloat32(b, 0.1)
	b = AppendInt(b, -9)
	b = AppendArray(b, 0)
	if err := Check(b, Limits{}); err != nil {
		t.Fatal(err)
	}
	text, err := Diagnose(b)
	if want := `["gr\u00fc\u00df", h'0102', {"k": null}, 1000(7), true, false, 0.10000000149011612, -9, []]`; err != nil || text != want {
		t.Errorf("%v\nhave %s\nwant %s", err, text, want)
	}
	r := NewReader(b)
	raw, err := r.Raw()
	if err != nil || !bytes.Equal(raw, b) || r.Kind() != KindEnd {
		t.Fatal("Raw:", err, r.Kind())
	}
	r = NewReader(b)
	n, err := r.Array()
	if err != nil || n != 9 {
		t.Fatal(n, err)
	}
	want := []Kind{KindText, KindBytes, KindMap, KindTag, KindBool, KindBool, KindFloat, KindNegInt, KindArray}
	for i, k := range want {
		if r.Kind() != k {
			t.Fatalf("item %d is a %v, want %v", i, r.Kind(), k)
		}
		if err := r.Skip(); err != nil {
			t.Fatal(err)
		}
	}
}

// Data that no writer of ours writes are refused by the reader itself, even where nobody checked before.
func TestReaderRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"nothing":                   "",
		"indefinite array":          "9f01ff",
		"indefinite text":           "7f6161ff",
		"text longer than data":     "6a61",
		"array longer than data":    "9a7fffffff01",
		"map longer than data":      "ba0000000201",
		"length of all ones":        "5bffffffffffffffff",
		"head cut":                  "19ff",
		"reserved head":             "1c",
		"float cut":                 "fb0102",
		"break alone":               "ff",
		"undefined":                 "f7",
		"items missing in an array": "8301",
	} {
		b, err := hex.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		r := NewReader(b)
		var syntax *SyntaxError
		if err := r.Skip(); !errors.As(err, &syntax) {
			t.Errorf("%s: %v", name, err)
		}
		if r.Len() != len(b) {
			t.Errorf("%s: the reader moved", name)
		}
	}
	r := NewReader([]byte{0x62, 0xff, 0xfe})
	if _, err := r.Text(); err == nil {
		t.Error("text that is not UTF-8 was read")
	}
}

func TestCheckLimits(t *testing.T) {
	deep := bytes.Repeat([]byte{0x81}, 100)
	deep = append(deep, 0x01)
	wide := AppendArray(nil, 1000)
	wide = append(wide, make([]byte, 1000)...)
	for name, c := range map[string]struct {
		data []byte
		lim  Limits
	}{
		"deep":  {deep, Limits{}},
		"wide":  {wide, Limits{MaxElements: 999}},
		"large": {wide, Limits{MaxValue: 1000}},
	} {
		if err := Check(c.data, c.lim); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Check(wide, Limits{}); err != nil {
		t.Error(err)
	}
	for _, bad := range [][]byte{{}, {0x01, 0x01}, {0x9f, 0xff}, {0x81}} {
		if err := Check(bad, Limits{}); err == nil || errors.Is(err, ErrLimit) {
			t.Errorf("% x: %v", bad, err)
		}
	}
}
