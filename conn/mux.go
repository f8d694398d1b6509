package conn

import (
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// muxHeader is the size of yamux's frame header: version, type, flags, stream, length.
const muxHeader = 12

// joined makes one write of the header and the body of a yamux frame, which come as two. Only yamux's one sending goroutine writes to it.
type joined struct {
	io.ReadWriteCloser
	buf  []byte // a header that waits for its body
	held bool
}

func join(raw io.ReadWriteCloser) io.ReadWriteCloser { return &joined{ReadWriteCloser: raw} }

// Write holds back the header of a data frame that has a body, and writes everything else.
func (j *joined) Write(p []byte) (int, error) {
	if !j.held && len(p) == muxHeader && p[1] == 0 && binary.BigEndian.Uint32(p[8:]) > 0 {
		j.buf = append(j.buf[:0], p...)
		j.held = true
		return len(p), nil
	}
	if !j.held {
		return j.ReadWriteCloser.Write(p)
	}
	j.held = false
	j.buf = append(j.buf, p...)
	if _, err := j.ReadWriteCloser.Write(j.buf); err != nil {
		return 0, err
	}
	if cap(j.buf) > 2*writeBatch {
		j.buf = nil
	}
	return len(p), nil
}

// muxLog takes what yamux would write to standard error. All of it is about things that the connection tells in its own words, so it is for debugging.
type muxLog struct{ log *slog.Logger }

func (l muxLog) Print(v ...any)                 { l.log.Debug(fmt.Sprint(v...)) }
func (l muxLog) Printf(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l muxLog) Println(v ...any)               { l.log.Debug(strings.TrimSpace(fmt.Sprintln(v...))) }
