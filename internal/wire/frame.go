package wire

import (
	"encoding/binary"
	"time"
)

// FrameKind is the first element of a frame.
type FrameKind uint64

// The kinds of frames of version 1. A number is never given a second meaning.
const (
	FrameCall          FrameKind = 1
	FrameReturn        FrameKind = 2
	FrameFinish        FrameKind = 3
	FrameRelease       FrameKind = 4
	FrameGoAway        FrameKind = 5
	FrameAbort         FrameKind = 6
	FrameUnimplemented FrameKind = 7
	FrameReset         FrameKind = 8
	FrameUnheld        FrameKind = 9
	FramePing          FrameKind = 10
)

// Frame is one message: *Call, *Return, *Finish, *Release, *GoAway, *Abort, *Unimplemented, *Reset, *Unheld, *Ping, or *Unknown.
type Frame interface {
	appendTo(b []byte) []byte // all but the tail
	tail() []byte             // the bytes of an inline body, which always stand last
	parse(r *Reader, n int) error
}

// Flags of a call.
const (
	FlagKeep   uint64 = 1 << iota // the result stays for calls pipelined on it, until finish
	FlagOneWay                    // nobody waits for the result
	FlagEnds                      // the context that the call is made with can end: the caller will say so, after the return too if that asks for it
)

// Call asks for something to be done.
type Call struct {
	ID      uint64
	Target  int64 // an export of the receiver, 0 being its root; or -n, the result of the sender's own call n
	Op      uint8
	Name    string
	Want    uint8
	Lane    uint64
	Parent  uint64
	Timeout time.Duration // what is left of the caller's deadline; 0 for none
	Flags   uint64
	Refs    []Ref
	Body    Body
}

// Status says how a call ended.
type Status uint64

// The three ends of a call.
const (
	StatusOK      Status = 0
	StatusFailed  Status = 1 // by the handler; the body is its error
	StatusRefused Status = 2 // by the connection; the body is [code, text]
)

// statusHeld is added to the status of a return that asks to be told when the context of the call ends.
const statusHeld = 4

// Return is the end of a call. Every call has exactly one.
type Return struct {
	ID     uint64
	Status Status
	Held   bool // the context of the call is still in use: its end is to be told by Finish, until Unheld
	Refs   []Ref
	Body   Body
}

// What a Finish is about.
const (
	FinishResult   uint64 = 1 << iota // the result is wanted no more
	FinishCanceled                    // the context of the call was cancelled
	FinishDeadline                    // the deadline of that context has passed
)

// Finish says that its sender wants no more of its call, which is cancelled if it is under way; its kept result is dropped, or the context that
// its callee still holds ends.
type Finish struct {
	ID     uint64
	Reason string
	What   uint64 // 0 stands for FinishResult
	Cause  []byte // the reason as a value, opaque here; may be empty
}

// Unheld says that the contexts of these calls of the receiver's, which have returned, are in use no more.
type Unheld struct{ Calls []uint64 }

// Release gives back references that were received.
type Release struct{ Counts []Count }

// Count is how many receipts of one reference are given back.
type Count struct{ ID, N uint64 }

// GoAway says that no call after Last is run any more.
type GoAway struct {
	Last   uint64
	Reason string
}

// AbortCode says why a connection ends.
type AbortCode uint64

// The codes of Abort.
const (
	AbortBye      AbortCode = 0 // an orderly close
	AbortProtocol AbortCode = 1 // the peer broke the protocol
	AbortLimit    AbortCode = 2 // the peer asked for too much
	AbortSlow     AbortCode = 3 // the peer does not read
	AbortKilled   AbortCode = 4 // who served was ended from outside
)

// Abort is the last frame of a connection.
type Abort struct {
	Code   AbortCode
	Reason string
}

// Unimplemented answers a frame of unknown kind.
type Unimplemented struct{ Kind FrameKind }

// ResetCode says what becomes of a stream that is reset.
type ResetCode uint64

// The codes of Reset.
const (
	ResetUnread ResetCode = 0 // what was written before can still be read by the receiver
	ResetUnused ResetCode = 1 // nobody will ask for it
)

// Reset says that a bulk stream is of no more use to its sender: what is still written to it is thrown away.
type Reset struct {
	Stream uint32
	Code   ResetCode
	Reason string
}

// Ping asks whether anybody is there, who answers.
type Ping struct{ Answer bool }

// Unknown is a frame of a kind that is not known here.
type Unknown struct{ Kind FrameKind }

// RefKind says whose a reference is.
type RefKind uint64

// The kinds of references in a message.
const (
	RefExport RefKind = 0 // an export of the sender
	RefHome   RefKind = 1 // an export of the receiver, coming home
	RefCall   RefKind = 2 // the result of the sender's own call, perhaps still under way
)

// Ref is one reference in a message.
type Ref struct {
	Kind RefKind
	ID   uint64
}

// Body is the value a message carries: inline, or in pieces that follow.
type Body struct {
	Inline []byte
	Number uint64 // if not 0, by which the pieces name it; chosen by the sender, growing
	Length uint64 // of all pieces together
}

// Mark is the first byte of every frame, before a length of three bytes. It tells frames from those of the multiplexer on the same stream.
const Mark = 1

// MaxFrame is the size of the largest frame that its length can tell.
const MaxFrame = 1<<24 - 1

// AppendFrame appends f as it goes over the wire: the mark, its length in three bytes, then the frame, which must not be larger than MaxFrame.
func AppendFrame(b []byte, f Frame) []byte { return append(AppendHead(b, f), f.tail()...) }

// AppendHead is AppendFrame without the bytes of the inline body of a call or a return; they are to follow. So a large body need not
// be copied under a lock.
func AppendHead(b []byte, f Frame) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = f.appendTo(b)
	binary.BigEndian.PutUint32(b[start:], Mark<<24|uint32(len(b)-start-4+len(f.tail())))
	return b
}
