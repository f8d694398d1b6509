package sessionproc

import (
	"encoding/json"
	"net"
	"os"
	"sync"
	"time"

	"github.com/rgo-project/rgo/interp"
)

// start is the first message on the control channel: what a session needs to know to begin.
type start struct {
	// State is what the parent's handshake agreed on. Without one the session makes the handshake itself.
	State []byte `json:"state,omitempty"`
	// Offer is what the peer gets.
	Offer Offer `json:"offer"`
}

// Offer is what a session grants its peer: see interp.Options.
type Offer struct {
	Grant    interp.Grant `json:"grant"`
	Packages []string     `json:"packages,omitempty"`
}

// order is what the parent sends after that: end within Grace, telling the peer Reason.
type order struct {
	Grace  time.Duration `json:"grace"`
	Reason string        `json:"reason"`
}

// report is what a session says to its parent when it ends by its own doing.
type report struct {
	Ended string `json:"ended"`
}

// control is one end of the channel between a parent and its session: JSON values, one after the other.
type control struct {
	nc  net.Conn
	dec *json.Decoder

	mu  sync.Mutex // one writer at a time
	enc *json.Encoder
}

// newControl takes f over and closes it.
func newControl(f *os.File) (*control, error) {
	nc, err := net.FileConn(f)
	_ = f.Close()
	if err != nil {
		return nil, err
	}
	return &control{nc: nc, dec: json.NewDecoder(nc), enc: json.NewEncoder(nc)}, nil
}

// send writes v. The channel's buffer holds all that is ever sent, so the deadline only bounds a broken other side.
func (c *control) send(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.nc.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	return c.enc.Encode(v)
}

// receive reads the next value into v; it fails when the other side is gone.
func (c *control) receive(v any) error { return c.dec.Decode(v) }

// hangUp lets receive take what has arrived, and then fail: the other side is gone, even if somebody else should hold its end.
func (c *control) hangUp() { _ = c.nc.SetReadDeadline(time.Now().Add(time.Second)) }

func (c *control) close() { _ = c.nc.Close() }
