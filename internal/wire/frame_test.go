package wire

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the goldens anew")

// frames is one of each, and of each form of their parts.
var frames = []struct {
	name  string
	frame Frame
}{
	{"call of the root", &Call{ID: 1, Op: 3, Name: "Hostname", Want: 1}},
	{"call of an export", &Call{ID: 300, Target: 7, Op: 1, Name: "Get", Lane: 2, Parent: 41, Timeout: 1500 * time.Millisecond, Flags: FlagKeep | FlagOneWay}},
	{"call of a result, with references", &Call{ID: 302, Target: -301, Name: "", Refs: []Ref{{RefExport, 5}, {RefHome, 6}, {RefCall, 300}}, Body: Body{Inline: []byte{0x01}}}},
	{"call with its body in pieces", &Call{ID: 303, Name: "Write", Body: Body{Number: 5, Length: 1 << 20}}},
	{"return", &Return{ID: 1, Body: Body{Inline: []byte("\x64web1")}}},
	{"return of a failure", &Return{ID: 2, Status: StatusFailed, Refs: []Ref{{RefExport, 9}}}},
	{"return of a refusal", &Return{ID: 3, Status: StatusRefused, Body: Body{Inline: []byte("\x82\x01\x61x")}}},
	{"return with its body in pieces", &Return{ID: 4, Body: Body{Number: 8, Length: 70000}}},
	{"return that holds the context", &Return{ID: 5, Status: StatusFailed, Held: true, Body: Body{Inline: []byte{0x01}}}},
	{"finish", &Finish{ID: 300, Reason: "context canceled"}},
	{"finish of a held context, with its cause", &Finish{ID: 301, Reason: "quota used up", What: FinishCanceled, Cause: []byte{0x81, 0x01}}},
	{"release", &Release{Counts: []Count{{5, 1}, {1000, 3}}}},
	{"goaway", &GoAway{Last: 303, Reason: "shutting down"}},
	{"abort, orderly", &Abort{Reason: "closed"}},
	{"abort", &Abort{Code: AbortProtocol, Reason: "it released export 7 more often than it was sent"}},
	{"unimplemented", &Unimplemented{Kind: 99}},
	{"reset", &Reset{Stream: 5, Code: ResetUnused, Reason: "the call was not sent"}},
	{"unheld", &Unheld{Calls: []uint64{5, 300}}},
	{"ping", &Ping{}},
	{"ping, the answer", &Ping{Answer: true}},
	{"unknown", &Unknown{Kind: 99}},
}

// TestFrameGoldens keeps the bytes of every frame as they are. `go test -update` writes them anew; that is a new version of the protocol.
func TestFrameGoldens(t *testing.T) {
	var text strings.Builder
	for _, f := range frames {
		data := AppendFrame(nil, f.frame)
		notation, err := Diagnose(data[4:])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s\n\t%s\n\t%x\n", f.name, notation, data)
	}
	golden := filepath.Join("testdata", "frames.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("the bytes of frames have changed; have\n%s\nwant\n%s", &text, want)
	}
}

func checker(t testing.TB) *Checker {
	t.Helper()
	k, err := NewChecker(Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestFramesComeBack(t *testing.T) {
	var stream []byte
	for _, f := range frames {
		stream = AppendFrame(stream, f.frame)
	}
	r, in := bytes.NewReader(stream), NewFrameReader(checker(t), 1<<16)
	for _, f := range frames {
		got, size, err := in.Next(r)
		if err != nil || size != len(AppendFrame(nil, f.frame)) {
			t.Fatal(f.name, size, err)
		}
		if body(got) != nil && body(got).Number == 0 && len(body(got).Inline) == 0 {
			body(got).Inline = nil
		}
		if !reflect.DeepEqual(got, f.frame) {
			t.Errorf("%s: %+v, want %+v", f.name, got, f.frame)
		}
	}
	if _, _, err := in.Next(r); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func body(f Frame) *Body {
	switch f := f.(type) {
	case *Call:
		return &f.Body
	case *Return:
		return &f.Body
	}
	return nil
}

func TestReadFrameErrors(t *testing.T) {
	whole := AppendFrame(nil, frames[0].frame)
	for n := 1; n < len(whole); n++ {
		if _, _, err := NewFrameReader(checker(t), 1<<16).Next(bytes.NewReader(whole[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
	if _, _, err := NewFrameReader(checker(t), len(whole)-5).Next(bytes.NewReader(whole)); !errors.Is(err, ErrLimit) {
		t.Errorf("over the limit: %v", err)
	}
}

// A later version may add fields at the end of a frame; an older one passes over them.
func TestFrameWithMoreFields(t *testing.T) {
	data := AppendFrame(nil, &Finish{ID: 9, Reason: "x", What: FinishCanceled})[4:]
	longer := append([]byte{data[0] + 1}, data[1:]...)
	longer = AppendText(longer, "new")
	f, err := NewFrameReader(checker(t), 0).parse(longer)
	if fin, ok := f.(*Finish); err != nil || !ok || fin.ID != 9 || fin.Reason != "x" {
		t.Errorf("%+v, %v", f, err)
	}
}

// What is read without a check of its own is held to the same.
func TestFramesThatAreAlmostPlain(t *testing.T) {
	for what, f := range map[string]Frame{"call": &Call{ID: 1, Name: "x", Body: Body{Inline: []byte("y")}}, "return": &Return{ID: 1, Body: Body{Inline: []byte("y")}}} {
		data := AppendFrame(nil, f)[4:]
		read := func(data []byte) error {
			_, err := NewFrameReader(checker(t), 0).parse(data)
			return err
		}
		if err := read(data); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for wrong, bad := range map[string][]byte{
			"an element less than it says": append([]byte{data[0] + 1}, data[1:]...),
			"one more than it says":        append(data[:len(data):len(data)], 0),
			"cut short":                    data[:len(data)-1],
			"a map":                        append([]byte{data[0] | 0x20}, data[1:]...),
		} {
			if err := read(bad); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %s: %v", what, wrong, err)
			}
		}
	}
}

// FuzzFrame: no bytes panic the decoder or make it allocate beyond them, and a frame that it takes is written as it would read it again.
func FuzzFrame(f *testing.F) {
	for _, fr := range frames {
		f.Add(AppendFrame(nil, fr.frame)[4:])
	}
	k := checker(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := NewFrameReader(k, 0).parse(data)
		if checked := k.Check(data); checked != nil && err == nil {
			t.Fatalf("%x is taken, the checker says %v", data, checked)
		}
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrLimit) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		data = AppendFrame(nil, first)
		again, err := NewFrameReader(k, 0).parse(data[4:])
		if err != nil || !bytes.Equal(data, AppendFrame(nil, again)) {
			t.Fatalf("%+v\n%+v\n%v", first, again, err)
		}
	})
}

// FuzzFrames: a stream is read as the frames that are in it, one after the other, each as if it were alone, and not beyond the bound of a frame.
func FuzzFrames(f *testing.F) {
	var stream []byte
	for _, fr := range frames {
		stream = AppendFrame(stream, fr.frame)
		f.Add(AppendFrame(AppendFrame(nil, fr.frame), fr.frame))
	}
	f.Add(stream)
	f.Add([]byte("\x01\xff\xff\xff"))
	k := checker(f)
	const most = 1 << 12
	f.Fuzz(func(t *testing.T, data []byte) {
		from, in := bytes.NewReader(data), NewFrameReader(k, most)
		for read := 0; ; {
			got, size, err := in.Next(from)
			if err != nil {
				if err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrLimit) {
					t.Fatalf("an error of no kind: %v", err)
				}
				return
			}
			alone, err := NewFrameReader(k, 0).parse(data[read+4 : read+size])
			if err != nil || size > most+4 || !bytes.Equal(AppendFrame(nil, got), AppendFrame(nil, alone)) {
				t.Fatalf("at byte %d, %d bytes: %+v, alone %+v, %v", read, size, got, alone, err)
			}
			if read += size; read != len(data)-from.Len() {
				t.Fatalf("it has read %d bytes and says %d", len(data)-from.Len(), read)
			}
		}
	})
}

// FuzzReader: whatever the reader takes, the checker's library takes too, apart from what only one of them looks at.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0x83, 0x01, 0x61, 0x61, 0xa1, 0x01, 0xf6})
	f.Add([]byte{0xfb, 0, 0, 0, 0, 0, 0, 0, 0})
	k := checker(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(data)
		err := r.Skip()
		if err == nil && r.Len() == 0 {
			if err := k.Check(data); err != nil && !errors.Is(err, ErrLimit) {
				t.Fatalf("the reader takes %x, the checker says %v", data, err)
			}
		}
	})
}

func BenchmarkCallFrame(b *testing.B) {
	k := checker(b)
	call := &Call{ID: 300, Target: 7, Op: 1, Name: "Get", Lane: 2, Refs: []Ref{{RefHome, 6}}, Body: Body{Inline: make([]byte, 64)}}
	in := NewFrameReader(k, 0)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendFrame(buf[:0], call)
		if _, err := in.parse(buf[4:]); err != nil {
			b.Fatal(err)
		}
	}
}
