package netproxy

//lint:file-ignore SA1019 database/sql still asks for the deprecated ones

import (
	"cmp"
	"crypto"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"hash"
	"image/draw"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/rgo-project/rgo/internal/stub"
)

// partner is an interface that a user of another one asks for by a type assertion: a value made of an object of the other side has its methods if
// the object has them.
type partner []partnerMethod

type partnerMethod struct {
	name string
	t    reflect.Type // a func, without receiver
	text string       // as it is named on the wire
}

// partners lists the interfaces that the standard library asks for by type assertions.
var partners = sync.OnceValue(func() []partner {
	var list []partner
	for _, t := range partnerTypes() {
		var p partner
		for i := range t.NumMethod() {
			m := t.Method(i)
			p = append(p, partnerMethod{m.Name, m.Type, typeName(m.Type)})
		}
		list = append(list, p)
	}
	return list
})

func partnerTypes() []reflect.Type {
	return slices.Concat(ioPartners(), fsPartners(), netPartners(), printPartners(), dataPartners(), driverPartners())
}

func ioPartners() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[io.Reader](), reflect.TypeFor[io.Writer](), reflect.TypeFor[io.Closer](), reflect.TypeFor[io.Seeker](),
		reflect.TypeFor[io.ReaderAt](), reflect.TypeFor[io.WriterAt](), reflect.TypeFor[io.ReaderFrom](), reflect.TypeFor[io.WriterTo](),
		reflect.TypeFor[io.ByteReader](), reflect.TypeFor[io.ByteScanner](), reflect.TypeFor[io.ByteWriter](),
		reflect.TypeFor[io.RuneReader](), reflect.TypeFor[io.RuneScanner](), reflect.TypeFor[io.StringWriter](),
		reflect.TypeFor[interface{ Len() int }](), reflect.TypeFor[interface{ Size() int64 }](), reflect.TypeFor[interface{ Name() string }](),
		reflect.TypeFor[interface{ Flush() error }](), reflect.TypeFor[interface{ Sync() error }](),
		reflect.TypeFor[interface{ Truncate(int64) error }](),
	}
}

func fsPartners() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[fs.File](), reflect.TypeFor[fs.ReadDirFile](), reflect.TypeFor[fs.ReadDirFS](), reflect.TypeFor[fs.ReadFileFS](),
		reflect.TypeFor[fs.StatFS](), reflect.TypeFor[fs.SubFS](), reflect.TypeFor[fs.GlobFS](), reflect.TypeFor[fs.ReadLinkFS](),
		reflect.TypeFor[http.File](),
	}
}

func netPartners() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[http.Flusher](), reflect.TypeFor[http.Hijacker](), reflect.TypeFor[interface{ Unwrap() http.ResponseWriter }](),
		reflect.TypeFor[http.Pusher](), reflect.TypeFor[interface{ CloseIdleConnections() }](),
		// What http.ResponseController and others ask for has no names.
		reflect.TypeFor[interface{ FlushError() error }](), reflect.TypeFor[interface{ EnableFullDuplex() error }](),
		reflect.TypeFor[interface{ SetDeadline(time.Time) error }](), reflect.TypeFor[interface{ SetReadDeadline(time.Time) error }](),
		reflect.TypeFor[interface{ SetWriteDeadline(time.Time) error }](),
		reflect.TypeFor[interface{ CloseRead() error }](), reflect.TypeFor[interface{ CloseWrite() error }](),
		reflect.TypeFor[interface{ CloseWithError(error) error }](),
		reflect.TypeFor[interface{ Timeout() bool }](), reflect.TypeFor[interface{ Temporary() bool }](),
	}
}

func printPartners() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[fmt.GoStringer](), reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[fmt.Scanner](),
		reflect.TypeFor[slog.LogValuer](), reflect.TypeFor[flag.Getter](), reflect.TypeFor[interface{ IsBoolFlag() bool }](),
	}
}

func dataPartners() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[encoding.BinaryMarshaler](), reflect.TypeFor[encoding.BinaryUnmarshaler](), reflect.TypeFor[encoding.BinaryAppender](),
		reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](), reflect.TypeFor[encoding.TextAppender](),
		reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[interface{ IsZero() bool }](),
		reflect.TypeFor[xml.Marshaler](), reflect.TypeFor[xml.Unmarshaler](), reflect.TypeFor[xml.MarshalerAttr](), reflect.TypeFor[xml.UnmarshalerAttr](),
		reflect.TypeFor[gob.GobEncoder](), reflect.TypeFor[gob.GobDecoder](),
		reflect.TypeFor[hash.Hash](), reflect.TypeFor[hash.Hash32](), reflect.TypeFor[hash.Hash64](), reflect.TypeFor[hash.Cloner](),
		reflect.TypeFor[crypto.MessageSigner](), reflect.TypeFor[crypto.Decrypter](), reflect.TypeFor[interface{ Equal(x crypto.PublicKey) bool }](),
		reflect.TypeFor[draw.Image](), reflect.TypeFor[draw.RGBA64Image](), reflect.TypeFor[interface{ Opaque() bool }](),
		reflect.TypeFor[sql.Scanner](), reflect.TypeFor[driver.Valuer](),
	}
}

func driverPartners() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[driver.DriverContext](), reflect.TypeFor[driver.Pinger](), reflect.TypeFor[driver.Validator](), reflect.TypeFor[driver.SessionResetter](),
		reflect.TypeFor[driver.Execer](), reflect.TypeFor[driver.ExecerContext](), reflect.TypeFor[driver.Queryer](), reflect.TypeFor[driver.QueryerContext](),
		reflect.TypeFor[driver.ConnPrepareContext](), reflect.TypeFor[driver.ConnBeginTx](),
		reflect.TypeFor[driver.StmtExecContext](), reflect.TypeFor[driver.StmtQueryContext](),
		reflect.TypeFor[driver.NamedValueChecker](), reflect.TypeFor[driver.ColumnConverter](),
		reflect.TypeFor[driver.RowsNextResultSet](), reflect.TypeFor[driver.RowsColumnTypeDatabaseTypeName](), reflect.TypeFor[driver.RowsColumnTypeLength](),
		reflect.TypeFor[driver.RowsColumnTypeNullable](), reflect.TypeFor[driver.RowsColumnTypePrecisionScale](), reflect.TypeFor[driver.RowsColumnTypeScanType](),
	}
}

func sortMethods(list []stub.Method[Proxy]) {
	slices.SortFunc(list, func(a, b stub.Method[Proxy]) int { return cmp.Compare(a.Name, b.Name) })
}
