// Package wire is what goes over a connection: values and frames as bytes of CBOR (RFC 8949), and the checks that all bytes from
// outside pass before anything is built from them.
//
//	b := wire.AppendArray(nil, 2)
//	b = wire.AppendText(b, "size")
//	b = wire.AppendInt(b, 42)
//
//	if err := wire.Check(b, wire.Limits{}); err != nil { … }
//	r := wire.NewReader(b)
//	n, err := r.Array()
//	name, err := r.Text()
//	size, err := r.Int()
//
// Writing is appending to a slice, in the preferred (shortest) encoding, and cannot fail. Reading is walking over a slice: a Reader hands out what
// lies in the data and allocates nothing but strings. Indefinite lengths are refused. There is no reflection here, and no Go value is
// ever built because the data say so.
//
// Frames are the types Call, Return, Finish, Release, GoAway, Abort, Unimplemented, Reset and Unheld. The bodies
// of calls and returns are opaque here; the references in them stand beside them (see Ref), so that who counts references need not
// understand values.
//
// Everything is pure. A Checker may be used by many goroutines, a Reader by one.
//
// Errors wrap ErrMalformed, with *SyntaxError where a Reader stumbled, or ErrLimit for data that are well-formed but ask for too much.
package wire
