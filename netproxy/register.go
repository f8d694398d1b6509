package netproxy

import (
	"archive/tar"
	"archive/zip"
	"crypto"
	"crypto/ed25519"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"go/token"
	"image"
	"image/color"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"reflect"
	"sync"
	"time"
)

// Register makes T known by its name, with its import path, to all connections of this process: values of it that arrive where nobody asks for a type
// arrive as a T, and not as a Record. Pointers to T, slices of it and so on are then known as well. The types of the standard library that are
// data need it not. Options.Type does the same for one connection, and is asked after.
//
// T is a type that has a name, or a pointer to one. Register panics otherwise, and if another type of the same name is registered already, such
// as one of the same name in another func. It is for funcs named init and the like, and may be called at any time.
func Register[T any]() {
	t := reflect.TypeFor[T]()
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	if t.Name() == "" {
		panic(fmt.Sprintf("netproxy.Register: %s has no name; types that are composed of named ones need not be registered", t))
	}
	name := typeName(t)
	if was, loaded := registered.LoadOrStore(name, t); loaded && was != t {
		panic(fmt.Sprintf("netproxy.Register: another type is registered as %s", name))
	}
}

// registered are the types given to Register: as many as the program has.
var registered sync.Map // name -> reflect.Type

// registeredType finds a type that everybody knows, or that was given to Register.
func registeredType(name string) (reflect.Type, bool) {
	if t, ok := knownValues[name]; ok {
		return t, true
	}
	if t, ok := errorTypeNamed(name); ok {
		return t, true
	}
	if t, ok := rebuiltNamed[name]; ok {
		return t, true
	}
	if t, ok := registered.Load(name); ok {
		return t.(reflect.Type), true
	}
	return nil, false
}

// isKnown says whether a type can be expected to be known by its name at the other side.
func isKnown(t reflect.Type) bool {
	known, ok := registeredType(typeName(t))
	return ok && known == t
}

// knownValues are data types of the standard library that a peer may name without anything being registered.
var knownValues = func() map[string]reflect.Type {
	m := make(map[string]reflect.Type)
	for _, t := range []reflect.Type{
		reflect.TypeFor[fs.FileMode](), reflect.TypeFor[time.Month](), reflect.TypeFor[time.Weekday](), reflect.TypeFor[time.Location](),
		reflect.TypeFor[net.IP](), reflect.TypeFor[net.IPMask](), reflect.TypeFor[net.IPNet](), reflect.TypeFor[net.HardwareAddr](), reflect.TypeFor[net.Flags](),
		reflect.TypeFor[net.Interface](), reflect.TypeFor[net.MX](), reflect.TypeFor[net.NS](), reflect.TypeFor[net.SRV](),
		reflect.TypeFor[net.TCPAddr](), reflect.TypeFor[net.UDPAddr](), reflect.TypeFor[net.IPAddr](), reflect.TypeFor[net.UnixAddr](),
		reflect.TypeFor[netip.Addr](), reflect.TypeFor[netip.AddrPort](), reflect.TypeFor[netip.Prefix](),
		reflect.TypeFor[url.Values](), reflect.TypeFor[http.Header](), reflect.TypeFor[textproto.MIMEHeader](), reflect.TypeFor[http.SameSite](),
		reflect.TypeFor[json.RawMessage](), reflect.TypeFor[json.Number](), reflect.TypeFor[json.Delim](), reflect.TypeFor[slog.Level](),
		reflect.TypeFor[reflect.Kind](), reflect.TypeFor[reflect.ChanDir](), reflect.TypeFor[token.Pos](), reflect.TypeFor[token.Position](),
		reflect.TypeFor[sql.NullString](), reflect.TypeFor[sql.NullInt64](), reflect.TypeFor[sql.NullInt32](), reflect.TypeFor[sql.NullInt16](),
		reflect.TypeFor[sql.NullByte](), reflect.TypeFor[sql.NullBool](), reflect.TypeFor[sql.NullFloat64](), reflect.TypeFor[sql.NullTime](),
		reflect.TypeFor[sql.RawBytes](), reflect.TypeFor[sql.IsolationLevel](), reflect.TypeFor[driver.NamedValue](), reflect.TypeFor[driver.TxOptions](),
		reflect.TypeFor[tar.Header](), reflect.TypeFor[zip.FileHeader](), reflect.TypeFor[image.Point](), reflect.TypeFor[image.Rectangle](),
		reflect.TypeFor[color.RGBA](), reflect.TypeFor[color.RGBA64](), reflect.TypeFor[color.NRGBA](), reflect.TypeFor[color.NRGBA64](), reflect.TypeFor[color.Alpha](),
		reflect.TypeFor[color.Alpha16](), reflect.TypeFor[color.Gray](), reflect.TypeFor[color.Gray16](), reflect.TypeFor[color.YCbCr](), reflect.TypeFor[color.CMYK](),
		reflect.TypeFor[color.NYCbCrA](), reflect.TypeFor[color.Palette](), reflect.TypeFor[crypto.Hash](), reflect.TypeFor[ed25519.PublicKey](),
	} {
		m[typeName(t)] = t
	}
	for t := range values {
		m[typeName(t)] = t
	}
	for _, s := range snapshots {
		m[typeName(s.typ)] = s.typ
	}
	for _, t := range systemValues {
		m[typeName(t)] = t
	}
	return m
}()
