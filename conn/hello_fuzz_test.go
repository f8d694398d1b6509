package conn

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"testing"
)

// FuzzHello: a message of the handshake that is understood says the same when it is written anew, and so does the state of a connection that is handed on.
func FuzzHello(f *testing.F) {
	for _, h := range []hello{
		{name: "a", version: "1", limits: DefaultLimits(), nonce: make([]byte, nonceSize)},
		{nonce: make([]byte, nonceSize), proof: make([]byte, 32)},
		{refused: "no token", text: "the other end asks for a token"},
	} {
		f.Add(h.append(nil))
	}
	a := Accepted{agreed: &agreement{peer: Peer{Name: "a", Version: "1", Addr: "tcp://x", UID: -1, PID: 7}, limits: DefaultLimits()}}
	f.Add(a.State())
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, again hello
		if first.parse(data) == nil {
			if len(first.name)+len(first.version)+len(first.text) > 3*3*maxReason {
				t.Fatalf("%d bytes of text are kept", len(first.name)+len(first.version)+len(first.text))
			}
			first.name = clip(first.name, maxNameLen) // as it is written
			if err := again.parse(first.append(nil)); err != nil || again.name != first.name || again.limits != first.limits || !bytes.Equal(again.nonce, first.nonce) {
				t.Fatalf("%+v\n%+v, %v", first, again, err)
			}
		}
		if agreed, err := parseState(data); err == nil {
			a := Accepted{agreed: agreed}
			if again, err := parseState(a.State()); err != nil || !reflect.DeepEqual(again, agreed) {
				t.Fatalf("%+v\n%+v, %v", agreed, again, err)
			}
		}
	})
}

// FuzzStranger: whatever somebody says who connects, the handshake ends with an agreement or with a reason, and with a token there is no agreement.
func FuzzStranger(f *testing.F) {
	honest := hello{name: "a", nonce: make([]byte, nonceSize)}
	head := func(h *hello) []byte {
		b := h.append(nil)
		return append([]byte{'r', 'g', 'o', version, byte(len(b) >> 8), byte(len(b))}, b...)
	}
	f.Add(head(&honest))
	f.Add(append(head(&honest), head(&hello{proof: make([]byte, 32)})...))
	f.Add(append(head(&hello{proof: make([]byte, 32), nonce: make([]byte, nonceSize)}), head(&honest)...))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Add([]byte("rgo\x02\x00\x00"))
	f.Add(head(&hello{refused: "x", text: "y"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, token := range []string{"", "a token of sixteen bytes or more"} {
			for _, half := range []func(*shaker) (*agreement, error){(*shaker).accept, (*shaker).dial} {
				var said bytes.Buffer
				from := bytes.NewReader(data)
				s, err := newShaker(struct {
					io.Reader
					io.Writer
				}{from, &said}, Config{Token: token, Logger: slog.New(slog.DiscardHandler)}.withDefaults(), "x")
				if err != nil {
					t.Fatal(err)
				}
				agreed, err := half(s)
				var refused *RefusedError
				if err != nil && !errors.As(err, &refused) {
					t.Fatalf("an error of no kind: %v", err)
				}
				if err == nil && (token != "" || agreed == nil) {
					t.Fatalf("with token %q: %+v", token, agreed)
				}
				if said.Len() > 3*(headSize+maxHello) {
					t.Fatalf("a stranger is told %d bytes", said.Len())
				}
			}
		}
	})
}
