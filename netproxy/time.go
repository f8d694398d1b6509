package netproxy

import (
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

func (e *encoder) time(t time.Time) { e.buf = appendTime(e.buf, &t) }

// appendTime appends a time: two numbers suffice in UTC, four items in a zone that is nowhere.
func appendTime(b []byte, t *time.Time) []byte {
	n := 5
	switch {
	case t.Location() == time.UTC:
		n = 2
	case fixed(*t):
		n = 4
	}
	b = wire.AppendArray(wire.AppendTag(b, tagTime), n)
	b = wire.AppendInt(b, t.Unix())
	b = wire.AppendInt(b, int64(t.Nanosecond()))
	if n == 2 {
		return b
	}
	zone, offset := t.Zone()
	b = appendText(wire.AppendInt(b, int64(offset)), zone)
	if n == 5 {
		b = appendText(b, t.Location().String())
	}
	return b
}

func (d *decoder) time() (time.Time, error) {
	n, err := d.r.Array()
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := d.r.Int()
	if err != nil {
		return time.Time{}, err
	}
	nanos, err := d.r.Int()
	if err != nil {
		return time.Time{}, err
	}
	if nanos < 0 || nanos >= 1e9 || n != 2 && n != 4 && n != 5 {
		return time.Time{}, fail(ErrMalformed, "not a time")
	}
	t := time.Unix(seconds, nanos)
	if n == 2 {
		return t.UTC(), nil
	}
	offset, err := d.r.Int()
	if err != nil {
		return time.Time{}, err
	}
	zone, err := d.text()
	if err != nil {
		return time.Time{}, err
	}
	if offset != int64(int32(offset)) {
		return time.Time{}, fail(ErrMalformed, "not a time")
	}
	if n == 4 {
		return t.In(time.FixedZone(zone, int(offset))), nil
	}
	location, err := d.text()
	if err != nil {
		return time.Time{}, err
	}
	return t.In(d.zone(t, location, zone, int(offset))), nil
}
