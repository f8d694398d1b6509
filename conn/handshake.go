package conn

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// The handshake, before anything else: messages of a magic word, the version of the protocol, and a length. Exactly these bytes are read, so a
// stream that has been through the handshake can be given to another process.
const (
	magic      = "rgo"
	version    = 1
	headSize   = len(magic) + 1 + 2
	maxHello   = 4 << 10
	nonceSize  = 32
	maxNameLen = 256
)

// Version is that of this software, as peers are told.
const Version = "0.1.0-dev"

// MinToken is the least length of a token.
const MinToken = 16

// NewToken makes a token that nobody guesses.
func NewToken() string { return rand.Text() }

// agreement is what both ends know after the handshake.
type agreement struct {
	dialed bool
	peer   Peer
	limits Limits // the peer's
}

// shaker is one end of a handshake under way.
type shaker struct {
	rw    io.ReadWriter
	cfg   Config
	nonce []byte
	addr  string
}

func newShaker(rw io.ReadWriter, cfg Config, addr string) (*shaker, error) {
	if cfg.Token != "" && len(cfg.Token) < MinToken {
		return nil, fmt.Errorf("conn: a token of %d bytes is too short: a stranger can guess it offline; use %d at least, such as NewToken makes", len(cfg.Token), MinToken)
	}
	s := &shaker{rw: rw, cfg: cfg, nonce: make([]byte, nonceSize), addr: addr}
	rand.Read(s.nonce) // never fails
	return s, nil
}

// dial is the dialler's half: hello, the other's hello, and with a token proof for proof.
func (s *shaker) dial() (*agreement, error) {
	mine := s.hello()
	mine.nonce = s.nonce
	if err := s.send(mine); err != nil {
		return nil, s.unheard(err)
	}
	theirs, err := s.receive()
	if err != nil {
		return nil, err
	}
	switch asked := len(theirs.proof) > 0; {
	case asked && s.cfg.Token == "":
		s.refuse("no token", "the other end asks for a token and this one has none")
		return nil, &RefusedError{Reason: fmt.Sprintf("%s asks for a token, and none is set: give Config.Token", s.addr)}
	case !asked && s.cfg.Token != "":
		s.refuse("no proof", "a token was expected")
		return nil, &RefusedError{Reason: fmt.Sprintf("%s does not prove that it knows the token: it may be another program that has taken the address", s.addr)}
	case asked:
		if len(theirs.nonce) != nonceSize || !hmac.Equal(theirs.proof, s.proof(roleAcceptor, s.nonce, theirs.nonce)) {
			s.refuse("wrong token", "the tokens differ")
			return nil, &RefusedError{Reason: fmt.Sprintf("%s knows another token than the one given here", s.addr)}
		}
		if err := s.send(&hello{proof: s.proof(roleDialler, s.nonce, theirs.nonce)}); err != nil {
			return nil, s.unheard(err)
		}
		if theirs, err = s.receive(); err != nil {
			return nil, err
		}
	}
	return s.agree(theirs, true), nil
}

// accept is the acceptor's half. Before the dialler has proved that it knows the token it is told nothing but our proof.
func (s *shaker) accept() (*agreement, error) {
	theirs, err := s.receive()
	if err != nil {
		return nil, err
	}
	if len(theirs.nonce) != nonceSize {
		s.refuse("malformed", "the hello has no nonce")
		return nil, &RefusedError{Reason: "its hello has no nonce"}
	}
	if s.cfg.Token != "" {
		if err := s.send(&hello{nonce: s.nonce, proof: s.proof(roleAcceptor, theirs.nonce, s.nonce)}); err != nil {
			return nil, s.unheard(err)
		}
		answer, err := s.receive()
		if err != nil {
			return nil, err
		}
		if !hmac.Equal(answer.proof, s.proof(roleDialler, theirs.nonce, s.nonce)) {
			s.refuse("wrong token", "the tokens differ")
			return nil, &RefusedError{Reason: "it does not know the token"}
		}
	}
	if err := s.send(s.hello()); err != nil {
		return nil, s.unheard(err)
	}
	return s.agree(theirs, false), nil
}

// The roles that a proof is made for, so that one cannot be sent back as the other.
const (
	roleDialler  = "rgo dialler"
	roleAcceptor = "rgo acceptor"
)

// proof shows that its maker knows the token, for these two nonces only.
func (s *shaker) proof(role string, dialler, acceptor []byte) []byte {
	m := hmac.New(sha256.New, []byte(s.cfg.Token))
	m.Write([]byte(role)) // all parts have fixed lengths for a role
	m.Write(dialler)
	m.Write(acceptor)
	return m.Sum(nil)
}

func (s *shaker) hello() *hello {
	return &hello{name: s.cfg.Name, version: Version, limits: s.cfg.Limits}
}

func (s *shaker) agree(theirs *hello, dialed bool) *agreement {
	return &agreement{
		dialed: dialed,
		peer:   Peer{Name: theirs.name, Version: theirs.version, Addr: s.addr, UID: -1},
		limits: theirs.limits,
	}
}

// send writes one message.
func (s *shaker) send(h *hello) error {
	b := append([]byte(magic), version, 0, 0)
	b = h.append(b)
	if len(b) > headSize+maxHello {
		return fmt.Errorf("conn: a hello of %d bytes, allowed are %d: is Config.Name too long?", len(b)-headSize, maxHello)
	}
	binary.BigEndian.PutUint16(b[headSize-2:], uint16(len(b)-headSize))
	_, err := s.rw.Write(b)
	return err
}

// receive reads one message. What is not one is answered in words that its sender may understand.
func (s *shaker) receive() (*hello, error) {
	head := make([]byte, headSize)
	have, err := io.ReadAtLeast(s.rw, head, len(magic)+1) // a stranger may have no more to say
	if err != nil {
		return nil, s.unread(head[:have], err)
	}
	if string(head[:len(magic)]) != magic {
		return nil, s.foreign(head[:have])
	}
	if _, err := io.ReadFull(s.rw, head[have:]); err != nil {
		return nil, s.unread(head, err)
	}
	n := int(binary.BigEndian.Uint16(head[headSize-2:]))
	if n > maxHello {
		s.refuse("malformed", fmt.Sprintf("a hello of %d bytes, allowed are %d", n, maxHello))
		return nil, &RefusedError{Reason: fmt.Sprintf("its hello has %d bytes", n)}
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(s.rw, body); err != nil {
		return nil, s.unread(head, err)
	}
	var h hello
	err = h.parse(body)
	if h.refused != "" {
		return nil, &RefusedError{ByPeer: true, Reason: h.text}
	}
	if v := head[len(magic)]; v != version {
		s.refuse("version", fmt.Sprintf("version %d of the protocol is not spoken here, only version %d", v, version))
		return nil, &RefusedError{Reason: fmt.Sprintf("it speaks version %d of the protocol, this end version %d", v, version)}
	}
	if err != nil {
		s.refuse("malformed", "the hello cannot be read")
		return nil, &RefusedError{Reason: "its hello cannot be read", Cause: err}
	}
	return &h, nil
}

// refuse tells the other end why, in the form that peers of any version can read. That it may fail is of no interest: we are leaving.
func (s *shaker) refuse(code, text string) {
	_ = s.send(&hello{refused: code, text: text})
}

// unheard explains an error of writing.
func (s *shaker) unheard(err error) error {
	return &RefusedError{Reason: fmt.Sprintf("the handshake with %s could not be written", s.addr), Cause: err}
}

// unread explains an error of reading, and tells a silent peer that it waited in vain.
func (s *shaker) unread(got []byte, err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.line("rgo: no handshake came in time")
		return &RefusedError{Reason: fmt.Sprintf("%s has not finished the handshake in time", s.addr), Cause: err}
	case len(got) == 0 && errors.Is(err, io.EOF):
		return &RefusedError{Reason: fmt.Sprintf("%s closed the connection without a word", s.addr), Cause: io.ErrUnexpectedEOF}
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return &RefusedError{Reason: fmt.Sprintf("%s closed the connection within the handshake, after %q", s.addr, got), Cause: io.ErrUnexpectedEOF}
	}
	return &RefusedError{Reason: fmt.Sprintf("the handshake with %s broke off", s.addr), Cause: err}
}

// httpMethods are how HTTP requests begin.
var httpMethods = []string{"GET ", "HEAD", "POST", "PUT ", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI "}

// foreign answers one who does not speak rgo.
func (s *shaker) foreign(first []byte) error {
	const sentence = "This is an rgo peer, which speaks its own protocol. Connect to it with rgo-shell.\n"
	http := false
	for _, m := range httpMethods {
		http = http || strings.HasPrefix(string(first), m)
	}
	if http {
		s.line(fmt.Sprintf("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(sentence), sentence))
	} else {
		s.line("rgo: " + sentence)
	}
	said := string(first) + s.linger()
	if line, _, cut := strings.Cut(said, "\n"); cut {
		said = strings.TrimSuffix(line, "\r")
	}
	return &RefusedError{Reason: fmt.Sprintf("%s does not speak rgo; it said %q", s.addr, said)}
}

func (s *shaker) line(text string) {
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, _ = io.WriteString(s.rw, text) // we are leaving
}

// lingerTime and lingerSize bound what is still read of a stranger's words. To close with unread input makes the system throw our answer away.
const (
	lingerTime = 200 * time.Millisecond
	lingerSize = 64 << 10
)

// linger reads on for a moment, where reading can be bounded, and returns the beginning of what came.
func (s *shaker) linger() string {
	d, ok := s.rw.(interface{ SetReadDeadline(time.Time) error })
	if !ok || d.SetReadDeadline(time.Now().Add(lingerTime)) != nil {
		return ""
	}
	if half, ok := s.rw.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // the stranger may wait for our end
	}
	said := make([]byte, 256)
	n, err := io.ReadAtLeast(s.rw, said, 1)
	if err == nil {
		_, _ = io.CopyN(io.Discard, s.rw, lingerSize)
	}
	return string(said[:n])
}

// shake runs one half of a handshake within the time that ctx and the configuration allow. Afterwards raw is as if nothing had been set on it.
func shake(ctx context.Context, raw io.ReadWriteCloser, cfg Config, addr string, half func(*shaker) (*agreement, error)) (*agreement, error) {
	s, err := newShaker(raw, cfg, addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.HandshakeTimeout)
	defer cancel()
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		interrupt(raw)
	})
	agreed, err := half(s)
	if !stop() {
		<-interrupted
		if err == nil {
			err = &RefusedError{Reason: fmt.Sprintf("the handshake with %s took too long", addr), Cause: context.Cause(ctx)}
		}
	}
	if err != nil {
		return nil, err
	}
	return agreed, nil
}

// interrupt wakes whoever reads from raw. Where there are no deadlines, only closing does that.
func interrupt(raw io.ReadWriteCloser) {
	if d, ok := raw.(interface{ SetWriteDeadline(time.Time) error }); ok {
		_ = d.SetWriteDeadline(time.Now().Add(lingerTime)) // long enough for a word of refusal
	}
	if d, ok := raw.(interface{ SetReadDeadline(time.Time) error }); ok && d.SetReadDeadline(past) == nil {
		return
	}
	_, _ = io.WriteString(raw, "rgo: no handshake came in time\n") // pipes take a line without waiting
	_ = raw.Close()
}
