package wire

import "encoding/binary"

// PieceMark is the first byte of a piece of a body: the mark, the length of the piece in three bytes, the number of the body in eight, and the bytes. A piece without
// bytes says that the rest will not come.
const PieceMark = 2

// PieceHead is the size of what stands before the bytes of a piece.
const PieceHead = 12

// AppendPieceHead appends what stands before a piece of n bytes.
func AppendPieceHead(b []byte, body uint64, n int) []byte {
	b = binary.BigEndian.AppendUint32(b, PieceMark<<24|uint32(n))
	return binary.BigEndian.AppendUint64(b, body)
}

// ParsePieceHead reads what stands before a piece.
func ParsePieceHead(b []byte) (body uint64, n int) {
	return binary.BigEndian.Uint64(b[4:PieceHead]), int(binary.BigEndian.Uint32(b) & MaxFrame)
}
