//lint:file-ignore SA1000,SA1007,SA1019,SA1026 what fails is what is wanted

package netproxy_test

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"html/template"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	text "text/template"
	"time"

	"github.com/rgo-project/rgo/netproxy"
	"github.com/rgo-project/rgo/netproxy/internal/stderrors"
)

// Failing fails in many ways.
type Failing struct {
	ways []error
	t    *testing.T // for what it finds out itself
}

// Hear calls f, and holds its error, and err, against that of one of its ways.
func (f *Failing) Hear(i int, err error, call func() error) {
	sameError(f.t, err, f.ways[i])
	sameError(f.t, call(), f.ways[i])
}

func (f *Failing) Fail(i int) error           { return f.ways[i] }
func (f *Failing) Wrapped(i int) error        { return fmt.Errorf("wrapped: %w", f.ways[i]) }
func (f *Failing) Take(i int, err error) bool { return errors.Is(err, f.ways[i]) }
func (f *Failing) Inside(i int) []any {
	return []any{f.ways[i], struct{ E error }{f.ways[i]}, map[string]error{"e": f.ways[i]}}
}

func TestEverySentinelOfTheLibrary(t *testing.T) {
	f := &Failing{}
	for _, s := range stderrors.All() {
		f.ways = append(f.ways, s.Err)
	}
	if len(f.ways) < 100 {
		t.Fatalf("only %d", len(f.ways))
	}
	eachWay(t, func() any { return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for i, s := range stderrors.All() {
			_, err := root.Call(ctx, "Fail", i)
			if err != s.Err { //nolint:errorlint // the very error
				t.Errorf("%s came as %v", s.Name, err)
			}
			_, err = root.Call(ctx, "Wrapped", i)
			if !errors.Is(err, s.Err) || err.Error() != "wrapped: "+s.Err.Error() {
				t.Errorf("%s wrapped came as %v", s.Name, err)
			}
			for j, other := range f.ways {
				if errors.Is(err, other) != errors.Is(s.Err, other) {
					t.Errorf("%s is %s here: %v", s.Name, stderrors.All()[j].Name, errors.Is(err, other))
				}
			}
			if ok, err := netproxy.Call[bool](ctx, root, "Take", i, fmt.Errorf("given: %w", s.Err)); !ok || err != nil {
				t.Errorf("%s as an argument: %v, %v", s.Name, ok, err)
			}
		}
	})
}

// attempt returns the error of f, or what it panics with.
func attempt(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	return f()
}

func second[T any](_ T, err error) error { return err }

// certificate is one that nobody has signed.
func certificate(t testing.TB) *x509.Certificate {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.StartTLS()
	defer s.Close()
	return s.Certificate()
}

// realErrors are errors as the library makes them.
func realErrors(t testing.TB) []error {
	t.Helper()
	var (
		data   any
		number struct{ N int }
		cert   = certificate(t)
		nilMap map[string]int
		list   []int
		named  fmt.Stringer
		empty  any
		zero   int
		fset   = token.NewFileSet()
	)
	file, _ := parser.ParseFile(fset, "p.go", "package p\n\nvar x int = \"s\"\n", 0)
	_, typeErr := (&types.Config{}).Check("p", fset, nil, nil)
	if file != nil {
		conf := types.Config{Error: func(err error) { typeErr = err }}
		_, _ = conf.Check("p", fset, []*astFile{file}, nil)
	}
	_, parseErr := parser.ParseFile(token.NewFileSet(), "q.go", "package q\nfunc {", 0)
	_, pathErr := cert.Verify(x509.VerifyOptions{Roots: x509.NewCertPool()})
	closed := second(net.DialTimeout("tcp", "127.0.0.1:1", time.Second))
	script := exec.Command("sh", "-c", "echo sorry >&2; exit 7")
	_, exitErr := script.Output()
	killed := exec.Command("sh", "-c", "kill -9 $$").Run()
	_, wrongVersion := http.Get("foo://bar")
	limited := second(io.ReadAll(http.MaxBytesReader(nil, io.NopCloser(strings.NewReader("12345")), 3)))
	timeout := func() error {
		a, b := net.Pipe()
		defer func() { _, _ = a.Close(), b.Close() }()
		_ = a.SetDeadline(time.Now().Add(-time.Second))
		return second(a.Read(make([]byte, 1)))
	}()
	tcpTimeout := func() error {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer func() { _ = l.Close() }()
		_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(-time.Second))
		return second(l.Accept())
	}()
	return []error{
		second(os.Open("/no/such/file")),
		os.Link("/no/such/file", "/no/other"),
		os.NewSyscallError("open", syscall.EACCES),
		syscall.ENOENT, syscall.EAGAIN, syscall.ECONNREFUSED, syscall.Errno(99999),
		json.Unmarshal([]byte("{x"), &data),
		json.Unmarshal([]byte(`{"N":"s"}`), &number),
		json.Unmarshal([]byte("1"), by(number)),
		second(json.Marshal(make(chan int))),
		second(json.Marshal(map[string]any{"f": func() {}})),
		second(json.Marshal(badJSON{})),
		closed, timeout, tcpTimeout,
		&net.DNSError{Err: "no such host", Name: "example.invalid", Server: "1.1.1.1:53", IsNotFound: true},
		second(net.ResolveTCPAddr("nonet", "x")),
		second(net.ResolveTCPAddr("tcp", "1.2.3.4")),
		second(netip.ParseAddr("x")),
		&net.OpError{Op: "write", Net: "udp", Addr: &net.UDPAddr{IP: net.IPv4(1, 2, 3, 4), Port: 5}, Source: ownAddr{}, Err: io.EOF},
		second(net.ParseMAC("x")), second2(net.ParseCIDR("x")),
		wrongVersion,
		second(url.Parse("http://[::1")),
		second(url.Parse("%zz")),
		exitErr, killed,
		exec.Command("/no/such/command").Run(), second(exec.LookPath("no-such-command")),
		second(strconv.Atoi("x")), second(strconv.ParseUint("99999999999999999999", 10, 64)),
		pathErr, cert.VerifyHostname("elsewhere.example"),
		x509.CertificateInvalidError{Cert: cert, Reason: x509.Expired, Detail: "so it is"},
		&tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{cert}, Err: pathErr},
		tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake", RecordHeader: [5]byte{1, 2}},
		tls.AlertError(40),
		limited,
		second(base64.StdEncoding.DecodeString("a$")), second(hex.DecodeString("zz")),
		second(csv.NewReader(strings.NewReader("a\"b\n")).Read()),
		xml.Unmarshal([]byte("<a></b>"), &data), xml.Unmarshal([]byte("x"), by(1)),
		typeErr, parseErr,
		second(build.Import("no/such/package", "", 0)), &build.NoGoError{Dir: "/d"},
		second(constraint.Parse("//go:build &&")),
		second(regexp.Compile("(")),
		second(time.Parse(time.RFC3339, "x")), second(time.ParseDuration("x")),
		second(user.Lookup("no-such-user-at-all")), user.UnknownUserIdError(77),
		second(text.New("t").Parse("{{")),
		text.Must(text.New("t").Parse("{{.A.B}}")).Execute(io.Discard, 1),
		template.Must(template.New("h").Parse("<a href='{{if .}}'{{end}}>")).Execute(io.Discard, 1),
		second(io.ReadAll(flate.NewReader(bytes.NewReader([]byte{0xff, 0xff})))),
		attempt(func() error { nilMap["x"] = 1; return nil }),
		attempt(func() error { _ = list[5]; return nil }),
		attempt(func() error { _ = 1 / zero; return nil }),
		attempt(func() error { return errors.New(empty.(string)) }),
		attempt(func() error { empty = 1; return errors.New(empty.(string)) }),
		attempt(func() error { return errors.New(empty.(fmt.Stringer).String()) }),
		attempt(func() error { return errors.New(named.String()) }),
		attempt(func() error { panic(nil) }),
		attempt(func() error { new(big.Float).Sub(inf(), inf()); return nil }),
		attempt(func() error { reflect.ValueOf(1).Len(); return nil }),
	}
}

func by(x any) any    { return x }
func inf() *big.Float { return new(big.Float).SetInf(false) }

func second2[A, B any](_ A, _ B, err error) error { return err }

// badJSON cannot be marshalled.
type badJSON struct{}

func (badJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("never") }

// ownAddr is an address of a type that the other side does not know.
type ownAddr struct{}

func (ownAddr) Network() string { return "own" }
func (ownAddr) String() string  { return "own:1" }

// chain lists the errors in a tree of errors.
func chain(err error) (list []error) {
	list = append(list, err)
	switch x := err.(type) { //nolint:errorlint // one step at a time
	case interface{ Unwrap() error }:
		if inner := x.Unwrap(); inner != nil {
			list = append(list, chain(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range x.Unwrap() {
			list = append(list, chain(inner)...)
		}
	}
	return list
}

// asType is errors.As with a type that is known at run time.
func asType(err error, t reflect.Type) (error, bool) {
	at := reflect.New(t)
	if !errors.As(err, at.Interface()) {
		return nil, false
	}
	return at.Elem().Interface().(error), true
}

// isKnownError says whether errors.As is to find a value of that type.
func isKnownError(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return stderrors.Known(t)
}

func TestErrorsAsTheLibraryMakesThem(t *testing.T) {
	f := &Failing{realErrors(t), t}
	for i, err := range f.ways {
		if err == nil {
			t.Fatalf("error %d is nil", i)
		}
	}
	eachWay(t, func() any { return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for i, want := range f.ways {
			_, err := root.Call(ctx, "Fail", i)
			sameError(t, err, want)
			_, err = root.Call(ctx, "Wrapped", i)
			sameError(t, err, fmt.Errorf("wrapped: %w", want))
			if _, err := root.Call(ctx, "Hear", i, want, func() error { return want }); err != nil {
				t.Errorf("%T: %v", want, err)
			}
		}
	})
}

// sameError holds an error that has arrived against the one that was sent.
func sameError(t *testing.T, got, want error) {
	t.Helper()
	if got == nil || got.Error() != want.Error() {
		t.Errorf("%T: %v\ncame as %v", want, want, got)
		return
	}
	for _, s := range stderrors.All() {
		if errors.Is(got, s.Err) != errors.Is(want, s.Err) {
			t.Errorf("%T: %v\nis %s: %v", want, want, s.Name, errors.Is(got, s.Err))
		}
	}
	for _, part := range chain(want) {
		typ := reflect.TypeOf(part)
		if !isKnownError(typ) {
			continue
		}
		as, ok := asType(got, typ)
		if !ok {
			t.Errorf("%T: %v\nis not found", part, part)
			continue
		}
		first, _ := asType(want, typ)
		if as.Error() != first.Error() && typ != reflect.TypeFor[*template.Error]() {
			t.Errorf("%T: %v\ncame as %v", part, first, as)
		}
		if !reflect.DeepEqual(as, first) && !slices.Contains(inexact, typ) && !foreign(first) {
			t.Errorf("%T\n%#v\ncame as\n%#v", part, first, as)
		}
	}
	var a, b net.Error
	if errors.As(got, &a) != errors.As(want, &b) || a != nil && (a.Timeout() != b.Timeout() || a.Temporary() != b.Temporary()) { //nolint:staticcheck // as they say
		t.Errorf("%T as a net.Error: %v, %v", want, b, a)
	}
	var c, d runtime.Error
	if errors.As(got, &c) != errors.As(want, &d) {
		t.Errorf("%T as a runtime.Error: %v, %v", want, d, c)
	}
}

// inexact are types with fields that are here something else than there.
var inexact = []reflect.Type{
	reflect.TypeFor[*template.Error](), reflect.TypeFor[types.Error](),
	reflect.TypeFor[*json.UnsupportedValueError](), reflect.TypeFor[x509.UnknownAuthorityError](),
}

// foreign says whether an error holds what this test alone knows, or errors of types that are not exported, which arrive as RemoteErrors.
func foreign(err error) bool {
	switch x := err.(type) { //nolint:errorlint // the error itself
	case *runtime.TypeAssertionError, *json.MarshalerError, *json.InvalidUnmarshalError, *json.UnmarshalTypeError:
		return true
	case *net.OpError:
		if _, own := x.Source.(ownAddr); own {
			return true
		}
	}
	for _, inner := range chain(err)[1:] {
		if !isKnownError(reflect.TypeOf(inner)) {
			return true
		}
	}
	return false
}

type astFile = ast.File

var (
	_ = fs.ErrExist
	_ = pem.Block{}
	_ scanner.ErrorList
)
