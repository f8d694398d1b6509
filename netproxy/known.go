package netproxy

import (
	"encoding"
	"encoding/gob"
	"math/big"
	"net"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// values are types whose pointers everybody hands around as if they were values: a pointer to one is copied in every place.
var values = map[reflect.Type]class{
	reflect.TypeFor[big.Int]():       classCoded,
	reflect.TypeFor[big.Rat]():       classCoded,
	reflect.TypeFor[big.Float]():     classCoded,
	reflect.TypeFor[regexp.Regexp](): classCoded,
	reflect.TypeFor[time.Location](): classCoded,
	reflect.TypeFor[url.Userinfo]():  classCoded,
	reflect.TypeFor[url.URL]():       classStruct, // its own MarshalBinary loses what its text does not show
	reflect.TypeFor[net.TCPAddr]():   classStruct,
	reflect.TypeFor[net.UDPAddr]():   classStruct,
	reflect.TypeFor[net.IPAddr]():    classStruct,
	reflect.TypeFor[net.UnixAddr]():  classStruct,
	reflect.TypeFor[net.IPNet]():     classStruct,
}

// codec is how a type of the standard library crosses whose state is unexported, and which has no form of its own or one that loses something.
type codec struct {
	encode func(pointer any) ([]byte, error)
	decode func(d *decoder, data []byte) (pointer any, err error)
}

// codecOf returns the codec of a classCoded.
func codecOf(t reflect.Type) codec {
	switch t {
	case reflect.TypeFor[regexp.Regexp]():
		return codec{
			func(p any) ([]byte, error) { return []byte(p.(*regexp.Regexp).String()), nil },
			func(d *decoder, data []byte) (any, error) { return d.regexp(string(data)) },
		}
	case reflect.TypeFor[time.Location]():
		return codec{
			func(p any) ([]byte, error) { return encodeLocation(p.(*time.Location)), nil },
			func(d *decoder, data []byte) (any, error) { return d.location(data) },
		}
	case reflect.TypeFor[url.Userinfo]():
		return codec{encodeUserinfo, decodeUserinfo}
	}
	return codec{ // of package big: whole, with precision and rounding mode
		func(p any) ([]byte, error) { return p.(gob.GobEncoder).GobEncode() },
		func(_ *decoder, data []byte) (any, error) {
			p := reflect.New(t).Interface()
			if err := p.(gob.GobDecoder).GobDecode(data); err != nil {
				return nil, err
			}
			return p, printableNumber(p)
		},
	}
}

func encodeUserinfo(p any) ([]byte, error) {
	u := p.(*url.Userinfo)
	password, set := u.Password()
	var e encoder
	e.buf = wire.AppendArray(e.buf, 3)
	e.text(u.Username())
	e.text(password)
	e.buf = wire.AppendBool(e.buf, set)
	return e.buf, nil
}

func decodeUserinfo(_ *decoder, data []byte) (any, error) {
	d := newDecoder(loopback{}, data, nil)
	if err := d.tuple(3); err != nil {
		return nil, err
	}
	name, err := d.text()
	if err != nil {
		return nil, err
	}
	password, err := d.text()
	if err != nil {
		return nil, err
	}
	if set, err := d.r.Bool(); err != nil || !set {
		return url.User(name), err
	}
	return url.UserPassword(name, password), nil
}

// maxRegexp bounds what the regular expressions of one message may come to when they are compiled, in steps of their machines.
const maxRegexp = 1 << 20

var repeats = regexp.MustCompile(`\{(\d+)(?:,(\d*))?\}`)

// regexp compiles a regular expression. A short one may come to a large machine by its repeats, whose product the package bounds by 1,000.
func (d *decoder) regexp(text string) (*regexp.Regexp, error) {
	size, product := len(text), 1
	for _, m := range repeats.FindAllStringSubmatch(text, -1) {
		least, _ := strconv.Atoi(m[1])
		most, _ := strconv.Atoi(m[2])
		product = min(1000, product*max(1, least, most))
	}
	if d.regexps += size * product; d.regexps > maxRegexp {
		return nil, fail(ErrArgument, "regular expressions that large are not compiled for a peer")
	}
	return regexp.Compile(text)
}

// encodeLocation writes a time zone as its name and what holds in it now.
func encodeLocation(l *time.Location) []byte {
	now := time.Now().In(l)
	zone, offset := now.Zone()
	name := l.String()
	if fixed(now) {
		name = ""
	}
	var e encoder
	e.buf = wire.AppendArray(e.buf, 3)
	e.text(name)
	e.text(zone)
	e.buf = wire.AppendInt(e.buf, int64(offset))
	return e.buf
}

// fixed says whether the zone of t looks like one made by time.FixedZone, and not like one that somebody keeps the rules of.
func fixed(t time.Time) bool {
	zone, offset := t.Zone()
	if t.Location() == time.Local || t.Location() == time.UTC || t.Location().String() != zone {
		return false
	}
	half, later := t.AddDate(0, 6, 0).Zone()
	return half == zone && later == offset
}

func (d *decoder) location(data []byte) (*time.Location, error) {
	in := newDecoder(loopback{}, data, nil)
	if err := in.tuple(3); err != nil {
		return nil, err
	}
	name, err := in.text()
	if err != nil {
		return nil, err
	}
	zone, err := in.text()
	if err != nil {
		return nil, err
	}
	offset, err := in.r.Int()
	if err != nil || offset != int64(int32(offset)) {
		return nil, fail(ErrMalformed, "not a time zone")
	}
	return d.zone(time.Now(), name, zone, int(offset)), nil
}

// zone finds the time zone of that name, if what is said of it holds at that time, and makes one otherwise.
func (d *decoder) zone(at time.Time, name, zone string, offset int) *time.Location {
	var l *time.Location
	switch name {
	case "":
	case "UTC":
		l = time.UTC
	case "Local": // what is local there need not be here
		if there, _ := at.Local().Zone(); there == zone {
			l = time.Local
		}
	default:
		l = d.loadZone(name)
	}
	if l != nil {
		if _, here := at.In(l).Zone(); here == offset {
			return l
		}
	}
	return time.FixedZone(zone, offset)
}

// loadZone reads a time zone from the disk, if it was not read before. A message may ask for some that are not there, not for many.
func (d *decoder) loadZone(name string) *time.Location {
	if l, ok := zones.Load(name); ok {
		return l.(*time.Location)
	}
	if d.noZones > maxNoZones || strings.HasPrefix(name, "/") {
		return nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		d.noZones++
		return nil
	}
	zones.Store(name, l)
	return l
}

const maxNoZones = 16

// zones remembers the time zones that were read: as many as the machine has.
var zones sync.Map // name -> *time.Location

// codedText reads the text form of a type that crosses otherwise: it was at somebody who did not know the type.
func (d *decoder) codedText(t reflect.Type) (any, error) {
	p := reflect.New(t).Interface()
	u, ok := p.(encoding.TextUnmarshaler)
	if !ok || t == reflect.TypeFor[regexp.Regexp]() {
		return nil, d.mismatch(t)
	}
	s, err := d.text()
	if err != nil {
		return nil, err
	}
	if len(s) > maxCodedText {
		return nil, fail(ErrArgument, "%d bytes of text are too many for a %s", len(s), t)
	}
	if err := u.UnmarshalText([]byte(s)); err != nil {
		return nil, err
	}
	return p, printableNumber(p)
}

// maxFloatBits bounds the binary exponent and the precision of a big.Float: some bytes can stand for a number that takes minutes and gigabytes to be printed.
const maxFloatBits = 1 << 20

func printableNumber(p any) error {
	if f, ok := p.(*big.Float); ok {
		if exp := f.MantExp(nil); max(exp, -exp, int(f.Prec())) > maxFloatBits {
			return fail(ErrArgument, "a big.Float of about 2^%d with a precision of %d bits: more than %d are not taken", exp, f.Prec(), maxFloatBits)
		}
	}
	return nil
}
