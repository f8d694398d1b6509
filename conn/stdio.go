package conn

import (
	"errors"
	"os"
	"time"
)

// duplex is a stream of two descriptors.
type duplex struct {
	in, out *os.File
}

func (d *duplex) Read(p []byte) (int, error)  { return d.in.Read(p) }
func (d *duplex) Write(p []byte) (int, error) { return d.out.Write(p) }

// SetReadDeadline bounds reading, for the handshake.
func (d *duplex) SetReadDeadline(t time.Time) error { return d.in.SetReadDeadline(t) }

func (d *duplex) Close() error { return errors.Join(d.out.Close(), d.in.Close()) }
