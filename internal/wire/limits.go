package wire

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Limits bounds what one message may make its receiver do. A field that is zero takes its value from DefaultLimits.
type Limits struct {
	MaxFrame    int // bytes of a body that travels inside its frame; larger ones get a stream of their own
	MaxValue    int // bytes of any body
	MaxNesting  int // arrays, maps and tags inside one another
	MaxElements int // items of one array, pairs of one map
}

// DefaultLimits are generous for people and narrow for attackers.
func DefaultLimits() Limits {
	return Limits{MaxFrame: 64 << 10, MaxValue: 256 << 20, MaxNesting: 64, MaxElements: 1 << 20}
}

// WithDefaults fills in the fields that are zero.
func (l Limits) WithDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ have, def *int }{
		{&l.MaxFrame, &d.MaxFrame},
		{&l.MaxValue, &d.MaxValue},
		{&l.MaxNesting, &d.MaxNesting},
		{&l.MaxElements, &d.MaxElements},
	} {
		if *f.have == 0 {
			*f.have = *f.def
		}
	}
	return l
}

// ErrLimit is wrapped by errors about data that are well-formed but beyond a limit.
var ErrLimit = errors.New("wire: limit exceeded")

// ErrMalformed is wrapped by errors about data that no writer of ours writes.
var ErrMalformed = errors.New("wire: malformed")

// Checker checks data from outside before anything is built from them. It may be used concurrently.
type Checker struct {
	mode cbor.DecMode
	max  int
}

// NewChecker makes a checker for lim. The bounds of the library under it are respected: nesting 4 to 65,535, elements from 16.
func NewChecker(lim Limits) (*Checker, error) {
	lim = lim.WithDefaults()
	mode, err := cbor.DecOptions{
		IndefLength:      cbor.IndefLengthForbidden,
		MaxNestedLevels:  lim.MaxNesting,
		MaxArrayElements: lim.MaxElements,
		MaxMapPairs:      lim.MaxElements,
	}.DecMode()
	if err != nil {
		return nil, fmt.Errorf("wire: limits: %w", err)
	}
	return &Checker{mode: mode, max: lim.MaxValue}, nil
}

// Check says whether data are exactly one well-formed item, without indefinite lengths, within the limits.
func (k *Checker) Check(data []byte) error {
	if len(data) > k.max {
		return fmt.Errorf("%w: %d bytes, allowed are %d", ErrLimit, len(data), k.max)
	}
	err := k.mode.Wellformed(data)
	if err == nil {
		return nil
	}
	var nested *cbor.MaxNestedLevelError
	var array *cbor.MaxArrayElementsError
	var pairs *cbor.MaxMapPairsError
	if errors.As(err, &nested) || errors.As(err, &array) || errors.As(err, &pairs) {
		return fmt.Errorf("%w: %w", ErrLimit, err)
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}

// Check is NewChecker(lim).Check(data), for those who do not check often.
func Check(data []byte, lim Limits) error {
	k, err := NewChecker(lim)
	if err != nil {
		return err
	}
	return k.Check(data)
}

// Diagnose writes data, one or more items, in the diagnostic notation of RFC 8949, for people to read.
func Diagnose(data []byte) (string, error) {
	text := ""
	for len(data) > 0 {
		one, rest, err := cbor.DiagnoseFirst(data)
		if err != nil {
			return text, fmt.Errorf("wire: diagnose: %w", err)
		}
		if text != "" {
			text += ", "
		}
		text += one
		data = rest
	}
	return text, nil
}
