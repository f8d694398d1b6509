package slowlink_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rgo-project/rgo/internal/slowlink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatIsWrittenArrivesLaterInOrder(t *testing.T) {
	a, b, err := slowlink.Pair(20 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var sent []byte
	for i := range 100 {
		p := []byte{byte(i), byte(i)}
		sent = append(sent, p...)
		if _, err := a.Write(p); err != nil {
			t.Fatal(err)
		}
		p[0] = 0xff // a writer may use its buffer again
	}
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(b, got); err != nil || !bytes.Equal(got, sent) {
		t.Errorf("%x, %v", got, err)
	}
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("it took only %v", took)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if _, err := a.Write([]byte("x")); err == nil {
		t.Error("a closed link takes writes")
	}
	if _, err := b.Read(got); err == nil {
		t.Error("the other end does not see the end")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
