package netproxy_test

import (
	"bytes"
	pile "container/heap"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"hash"
	"image"
	"image/color"
	"image/draw"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"math/rand"
	rand2 "math/rand/v2"
	"net"
	"runtime"
	"sort"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Museum has an object for many an interface.
type Museum struct{ log bytes.Buffer }

func (l *Museum) Ints() sort.Interface          { return sort.IntSlice{3, 1, 2} }
func (l *Museum) Heap() pile.Interface          { return &intHeap{[]int{5, 2, 8}} }
func (l *Museum) Hash() hash.Hash               { return sha256.New() }
func (l *Museum) Block() (cipher.Block, error)  { return aes.NewCipher(make([]byte, 16)) }
func (l *Museum) Signer() crypto.Signer         { return ed25519.NewKeyFromSeed(make([]byte, 32)) }
func (l *Museum) Value() flag.Value             { return &number{} }
func (l *Museum) Source() rand.Source           { return rand.NewSource(7) }
func (l *Museum) Source2() rand2.Source         { return rand2.NewPCG(1, 2) }
func (l *Museum) Image() draw.Image             { return image.NewRGBA(image.Rect(0, 0, 4, 4)) }
func (l *Museum) Palette() color.Model          { return color.GrayModel }
func (l *Museum) Log() slog.Handler             { return slog.NewTextHandler(&l.log, nil) }
func (l *Museum) Logged() string                { return l.log.String() }
func (l *Museum) Driver() driver.Driver         { return &oneRow{} }
func (l *Museum) Scanner() sql.Scanner          { return &number{} }
func (l *Museum) Valuer() driver.Valuer         { return &number{42} }
func (l *Museum) Text() encoding.TextMarshaler  { return &number{42} }
func (l *Museum) JSON() json.Marshaler          { return &number{42} }
func (l *Museum) XML() xml.Marshaler            { return &number{42} }
func (l *Museum) Format() fmt.Formatter         { return &number{42} }
func (l *Museum) Visitor() ast.Visitor          { return &counter2{} }
func (l *Museum) Listen() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }
func (l *Museum) FS() fs.FS                     { return fstest.MapFS{"d/f": {Data: []byte("abc")}} }

func (l *Museum) Locker() interface {
	Lock()
	Unlock()
} {
	return new(noLock)
}
func (l *Museum) Runes() io.RuneScanner { return strings.NewReader("añb") }
func (l *Museum) Writer() io.Writer     { return &l.log }
func (l *Museum) Opener(o interface {
	Open(string) (io.ReadCloser, error)
},
) (string, error) {
	r, err := o.Open("x")
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), errors.Join(err, r.Close())
}

type noLock struct{ n int }

func (l *noLock) Lock()   { l.n++ }
func (l *noLock) Unlock() { l.n-- }

type intHeap struct{ sort.IntSlice }

func (h *intHeap) Push(x any) { h.IntSlice = append(h.IntSlice, x.(int)) }
func (h *intHeap) Pop() any {
	last := h.IntSlice[len(h.IntSlice)-1]
	h.IntSlice = h.IntSlice[:len(h.IntSlice)-1]
	return last
}

// number is a value of many faces.
type number struct{ n int }

func (x *number) String() string               { return fmt.Sprint(x.n) }
func (x *number) Set(s string) error           { _, err := fmt.Sscan(s, &x.n); return err }
func (x *number) Scan(v any) error             { x.n = int(v.(int64)); return nil }
func (x *number) Value() (driver.Value, error) { return int64(x.n), nil }
func (x *number) MarshalText() ([]byte, error) { return []byte(x.String()), nil }
func (x *number) MarshalJSON() ([]byte, error) { return []byte(`{"n":` + x.String() + `}`), nil }
func (x *number) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return errors.New("not as XML")
}

func (x *number) Format(f fmt.State, verb rune) {
	w, ok := f.Width()
	fmt.Fprintf(f, "%c|%d|%v|%v", verb, w, ok, f.Flag('+'))
}

type counter2 struct{ n int }

func (c *counter2) Visit(n ast.Node) ast.Visitor {
	if n != nil {
		c.n += int(n.Pos())
	}
	return nil
}

// TestInterfacesInUse uses objects of the other side through interfaces of the standard library, mostly by the library itself.
func TestInterfacesInUse(t *testing.T) {
	eachWay(t, func() any { return &Museum{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		ints := must[sort.Interface](t)(netproxy.Call[sort.Interface](ctx, root, "Ints"))
		if sort.Sort(ints); !sort.IsSorted(ints) || ints.Len() != 3 {
			t.Error("not sorted")
		}
		h := must[pile.Interface](t)(netproxy.Call[pile.Interface](ctx, root, "Heap"))
		pile.Init(h)
		pile.Push(h, 1)
		if a, b := pile.Pop(h), pile.Pop(h); a != 1 || b != 2 {
			t.Errorf("heap: %v %v", a, b)
		}
		sum := must[hash.Hash](t)(netproxy.Call[hash.Hash](ctx, root, "Hash"))
		fmt.Fprint(sum, "abc")
		if want := sha256.Sum256([]byte("abc")); !bytes.Equal(sum.Sum(nil), want[:]) || sum.Size() != 32 {
			t.Error("hash")
		}
		block := must[cipher.Block](t)(netproxy.Call[cipher.Block](ctx, root, "Block"))
		local, _ := aes.NewCipher(make([]byte, 16))
		got, want := make([]byte, 16), make([]byte, 16)
		block.Encrypt(got, []byte("0123456789abcdef"))
		if local.Encrypt(want, []byte("0123456789abcdef")); !bytes.Equal(got, want) {
			t.Errorf("block: %x, want %x", got, want)
		}
		signer := must[crypto.Signer](t)(netproxy.Call[crypto.Signer](ctx, root, "Signer"))
		signature := must[[]byte](t)(signer.Sign(nil, []byte("message"), crypto.Hash(0)))
		if key, ok := signer.Public().(ed25519.PublicKey); !ok || !ed25519.Verify(key, []byte("message"), signature) {
			t.Errorf("signer: %T", signer.Public())
		}
		printing(t, ctx, root)
		images(t, ctx, root)
		logs(t, ctx, root)
		database(t, ctx, root)
		networks(t, ctx, root)
		files(t, ctx, root)
	})
}

func printing(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
	set := flag.NewFlagSet("x", flag.ContinueOnError)
	value := must[flag.Value](t)(netproxy.Call[flag.Value](ctx, root, "Value"))
	set.Var(value, "n", "")
	if err := set.Parse([]string{"-n", "12"}); err != nil || value.String() != "12" {
		t.Errorf("flag: %v, %v", value, err)
	}
	if got := fmt.Sprintf("%+7q", must[fmt.Formatter](t)(netproxy.Call[fmt.Formatter](ctx, root, "Format"))); got != "q|7|true|true" {
		t.Errorf("formatter: %q", got)
	}
	if got := string(must[[]byte](t)(json.Marshal(must[json.Marshaler](t)(netproxy.Call[json.Marshaler](ctx, root, "JSON"))))); got != `{"n":42}` {
		t.Errorf("json: %s", got)
	}
	if got := string(must[[]byte](t)(must[encoding.TextMarshaler](t)(netproxy.Call[encoding.TextMarshaler](ctx, root, "Text")).MarshalText())); got != "42" {
		t.Errorf("text: %s", got)
	}
	a, b := must[rand.Source](t)(netproxy.Call[rand.Source](ctx, root, "Source")), rand.NewSource(7)
	if x, y := rand.New(a).Intn(1000), rand.New(b).Intn(1000); x != y {
		t.Errorf("rand: %d, want %d", x, y)
	}
	c := must[rand2.Source](t)(netproxy.Call[rand2.Source](ctx, root, "Source2"))
	if x, y := rand2.New(c).Uint64(), rand2.NewPCG(1, 2).Uint64(); x != y {
		t.Errorf("rand/v2: %d, want %d", x, y)
	}
	runes := must[io.RuneScanner](t)(netproxy.Call[io.RuneScanner](ctx, root, "Runes"))
	if _, _, err := runes.ReadRune(); err != nil {
		t.Error(err)
	}
	if r, size, err := runes.ReadRune(); r != 'ñ' || size != 2 || err != nil || runes.UnreadRune() != nil {
		t.Errorf("runes: %c, %d, %v", r, size, err)
	}
	ast.Walk(must[ast.Visitor](t)(netproxy.Call[ast.Visitor](ctx, root, "Visitor")), &ast.Ident{NamePos: 3})
	if _, ok := any(value).(*big.Int); ok {
		t.Error("it is a *big.Int")
	}
}

func images(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
	img := must[draw.Image](t)(netproxy.Call[draw.Image](ctx, root, "Image"))
	img.Set(1, 2, color.RGBA{1, 2, 3, 255})
	if got := img.At(1, 2); got != (color.RGBA{1, 2, 3, 255}) || img.Bounds() != image.Rect(0, 0, 4, 4) {
		t.Errorf("image: %v %v", got, img.Bounds())
	}
	draw.Draw(img, img.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	if r, _, _, _ := img.At(3, 3).RGBA(); r != 0xffff {
		t.Errorf("drawn: %v", img.At(3, 3))
	}
	if got := must[color.Model](t)(netproxy.Call[color.Model](ctx, root, "Palette")).Convert(color.White); got != (color.Gray{255}) {
		t.Errorf("model: %v", got)
	}
}

func logs(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
	h := must[slog.Handler](t)(netproxy.Call[slog.Handler](ctx, root, "Log"))
	log := slog.New(h).With("who", "me").WithGroup("g")
	log.Info("hello", "n", 1, slog.Group("in", "d", time.Second), "err", fs.ErrNotExist)
	got := must[string](t)(netproxy.Call[string](ctx, root, "Logged"))
	if !strings.Contains(got, "level=INFO msg=hello who=me g.n=1 g.in.d=1s g.err=") || strings.Contains(got, "INFO DEBUG") {
		t.Errorf("slog: %s", got)
	}
}

// oneRow is a database with one onlyRow.
type oneRow struct{ asked string }

func (d *oneRow) Open(string) (driver.Conn, error)           { return d, nil }
func (d *oneRow) Prepare(query string) (driver.Stmt, error)  { d.asked = query; return d, nil }
func (d *oneRow) Close() error                               { return nil }
func (d *oneRow) Begin() (driver.Tx, error)                  { return nil, errors.ErrUnsupported }
func (d *oneRow) NumInput() int                              { return -1 }
func (d *oneRow) Exec([]driver.Value) (driver.Result, error) { return driver.RowsAffected(3), nil }
func (d *oneRow) Query(args []driver.Value) (driver.Rows, error) {
	return &onlyRow{[]driver.Value{args[0], d.asked, time.Unix(1, 0).UTC(), []byte{1}, nil}}, nil
}

type onlyRow struct{ values []driver.Value }

func (r *onlyRow) Columns() []string { return []string{"a", "b", "c", "d", "e"} }
func (r *onlyRow) Close() error      { return nil }
func (r *onlyRow) Next(dest []driver.Value) error {
	if r.values == nil {
		return io.EOF
	}
	copy(dest, r.values)
	r.values = nil
	return nil
}

type connector struct{ d driver.Driver }

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.d.Open("") }
func (c connector) Driver() driver.Driver                        { return c.d }

func database(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
	d := must[driver.Driver](t)(netproxy.Call[driver.Driver](ctx, root, "Driver"))
	db := sql.OpenDB(connector{d})
	defer func() { _ = db.Close() }()
	var (
		a    int
		b    string
		c    time.Time
		raw  []byte
		none sql.NullString
	)
	if err := db.QueryRowContext(ctx, "select", 5).Scan(&a, &b, &c, &raw, &none); err != nil || a != 5 || b != "select" || !c.Equal(time.Unix(1, 0)) || none.Valid {
		t.Errorf("query: %d %q %v %v %v: %v", a, b, c, raw, none, err)
	}
	res, err := db.ExecContext(ctx, "update")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); n != 3 || err != nil {
		t.Errorf("exec: %d, %v", n, err)
	}
	if err := must[sql.Scanner](t)(netproxy.Call[sql.Scanner](ctx, root, "Scanner")).Scan(int64(4)); err != nil {
		t.Error(err)
	}
	if v, err := must[driver.Valuer](t)(netproxy.Call[driver.Valuer](ctx, root, "Valuer")).Value(); v != int64(42) || err != nil {
		t.Errorf("valuer: %v (%T), %v", v, v, err)
	}
}

func networks(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
	l := must[net.Listener](t)(netproxy.Call[net.Listener](ctx, root, "Listen"))
	client := must[net.Conn](t)(net.Dial("tcp", l.Addr().String()))
	server := must[net.Conn](t)(l.Accept())
	if _, err := client.Write([]byte("ping")); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4)
	if _, err := io.ReadFull(server, buf); err != nil || string(buf) != "ping" {
		t.Errorf("%q, %v", buf, err)
	}
	if server.RemoteAddr().String() != client.LocalAddr().String() {
		t.Errorf("%v, want %v", server.RemoteAddr(), client.LocalAddr())
	}
	if err := server.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Error(err)
	}
	var timeout net.Error
	if _, err := server.Read(buf); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("%v", err)
	}
	for _, c := range []io.Closer{client, server, l} {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}

type opener struct{}

func (opener) Open(string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("from here")), nil
}

func files(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
	disk := must[fs.FS](t)(netproxy.Call[fs.FS](ctx, root, "FS"))
	if err := fstest.TestFS(disk, "d/f"); err != nil {
		t.Error(err)
	}
	if got := must[*netproxy.Proxy](t)(root.Call(ctx, "Opener", &opener{})).Interface(); got != "from here" {
		t.Errorf("%v", got)
	}
}

// What nobody holds any more is given back, and what is held is not.
func TestImplementationsAreCollected(t *testing.T) {
	ctx := deadline(t)
	root := pair(t, &Museum{})
	kept := must[hash.Hash](t)(netproxy.Call[hash.Hash](ctx, root, "Hash"))
	for range 100 {
		must[hash.Hash](t)(netproxy.Call[hash.Hash](ctx, root, "Hash"))
	}
	for root.Conn().Stats().Imports > 1 {
		if ctx.Err() != nil {
			t.Fatalf("%d objects are still held", root.Conn().Stats().Imports)
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if kept.Size() != 32 {
		t.Error("what was held is gone")
	}
}
