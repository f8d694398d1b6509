package netproxy

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
)

// An http.Request and an http.Response cross as what they show; their bodies stay where they are and are read as they are used. A request
// has the context of the call that it is an argument of, and a call whose argument it is, and that has no other context, has the request's. What does
// not cross: TLS, MultipartForm, Cancel, and trailers that come after the body.

func init() {
	rebuilds(takeRequest, buildRequest)
	rebuilds(takeResponse, buildResponse)
	rebuilds(func(r *bufio.Reader) readerStandIn { return readerStandIn{r} },
		func(_ context.Context, s readerStandIn, r *bufio.Reader) error { r.Reset(s.Reader); return nil })
	rebuilds(func(w *bufio.Writer) writerStandIn { return writerStandIn{flushed{w}} },
		func(_ context.Context, s writerStandIn, w *bufio.Writer) error { w.Reset(s.Writer); return nil })
}

type requestStandIn struct {
	Method, Proto          string
	URL                    *url.URL
	ProtoMajor, ProtoMinor int
	Header                 http.Header
	Body                   io.ReadCloser
	GetBody                func() (io.ReadCloser, error)
	ContentLength          int64
	TransferEncoding       []string
	Close                  bool
	Host                   string
	Form, PostForm         url.Values
	Trailer                http.Header
	RemoteAddr, RequestURI string
	Pattern                string
	PathValues             map[string]string
	Leaving                func(end func()) // takes what ends the context
}

func takeRequest(r *http.Request) requestStandIn {
	s := requestStandIn{
		Method: r.Method, URL: r.URL, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor, Header: r.Header,
		Body: seenBody(r.Body), GetBody: r.GetBody, ContentLength: r.ContentLength, TransferEncoding: r.TransferEncoding, Close: r.Close, Host: r.Host,
		Form: r.Form, PostForm: r.PostForm, Trailer: r.Trailer, RemoteAddr: r.RemoteAddr, RequestURI: r.RequestURI, Pattern: r.Pattern,
	}
	if l, ok := r.Context().Value(leavingKey{}).(*leaving); ok {
		s.Leaving = l.add
	}
	for _, name := range wildcards(r.Pattern) {
		if s.PathValues == nil {
			s.PathValues = make(map[string]string)
		}
		s.PathValues[name] = r.PathValue(name)
	}
	return s
}

func buildRequest(ctx context.Context, s requestStandIn, r *http.Request) error {
	if p, ok := ProxyOf(s.Leaving); ok {
		own, end := context.WithCancel(ctx)
		ctx = own
		if err := p.Notify(ctx, "", end); err != nil {
			end()
			return err
		}
	}
	*r = *(&http.Request{
		Method: s.Method, URL: s.URL, Proto: s.Proto, ProtoMajor: s.ProtoMajor, ProtoMinor: s.ProtoMinor, Header: s.Header,
		Body: arrivedBody(s.Body), GetBody: s.GetBody, ContentLength: s.ContentLength, TransferEncoding: s.TransferEncoding, Close: s.Close, Host: s.Host,
		Form: s.Form, PostForm: s.PostForm, Trailer: s.Trailer, RemoteAddr: s.RemoteAddr, RequestURI: s.RequestURI, Pattern: s.Pattern,
	}).WithContext(ctx)
	for name, value := range s.PathValues {
		r.SetPathValue(name, value)
	}
	return nil
}

// wildcards lists the names in a pattern of http.ServeMux.
func wildcards(pattern string) (names []string) {
	for {
		_, rest, found := strings.Cut(pattern, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return names
		}
		if name = strings.TrimSuffix(name, "..."); name != "$" {
			names = append(names, name)
		}
		pattern = after
	}
}

type responseStandIn struct {
	Status                 string
	StatusCode             int
	Proto                  string
	ProtoMajor, ProtoMinor int
	Header                 http.Header
	Body                   io.ReadCloser
	ContentLength          int64
	TransferEncoding       []string
	Close, Uncompressed    bool
	Trailer                http.Header
	Request                *http.Request
}

func takeResponse(r *http.Response) responseStandIn {
	s := responseStandIn{
		Status: r.Status, StatusCode: r.StatusCode, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor, Header: r.Header,
		Body: seenBody(r.Body), ContentLength: r.ContentLength, TransferEncoding: r.TransferEncoding, Close: r.Close, Uncompressed: r.Uncompressed,
		Trailer: r.Trailer,
	}
	if r.Request != nil { // its body has been sent
		sent := *r.Request
		sent.Body, sent.GetBody = nil, nil
		s.Request = &sent
	}
	return s
}

func buildResponse(_ context.Context, s responseStandIn, r *http.Response) error {
	*r = http.Response{
		Status: s.Status, StatusCode: s.StatusCode, Proto: s.Proto, ProtoMajor: s.ProtoMajor, ProtoMinor: s.ProtoMinor, Header: s.Header,
		Body: s.Body, ContentLength: s.ContentLength, TransferEncoding: s.TransferEncoding, Close: s.Close, Uncompressed: s.Uncompressed,
		Trailer: s.Trailer, Request: s.Request,
	}
	if s.StatusCode != http.StatusSwitchingProtocols { // whose body is written to as well
		r.Body = arrivedBody(s.Body)
	}
	return nil
}

// seenBody is a body as it crosses: http.NoBody, which is told by its identity, as nil.
func seenBody(b io.ReadCloser) io.ReadCloser {
	if b == http.NoBody {
		return nil
	}
	return b
}

func arrivedBody(b io.ReadCloser) io.ReadCloser {
	if b == nil {
		return http.NoBody
	}
	return &body{from: b}
}

// body is the body of a message whose end is at the other side. What is read little by little comes on a stream, ahead of being asked for.
type body struct {
	from io.ReadCloser

	mu     sync.Mutex
	stream io.ReadCloser // since the first Read
}

// Read implements io.Reader.
func (b *body) Read(buf []byte) (int, error) {
	b.mu.Lock()
	if b.stream == nil {
		s, err := Streamed(b.from)
		if err != nil {
			b.mu.Unlock()
			return 0, err
		}
		b.stream = s
	}
	from := b.stream
	b.mu.Unlock()
	return from.Read(buf)
}

// WriteTo implements io.WriterTo.
func (b *body) WriteTo(w io.Writer) (int64, error) {
	b.mu.Lock()
	from := io.Reader(b.from)
	if b.stream != nil {
		from = b.stream
	}
	b.mu.Unlock()
	return io.Copy(w, from)
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.mu.Lock()
	s := b.stream
	b.mu.Unlock()
	if s != nil && s != b.from {
		_ = s.Close() // what counts is what the body says
	}
	return b.from.Close()
}

// remoteProxy makes a body that nobody has read go home as what it is there.
func (b *body) remoteProxy() *Proxy {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stream != nil {
		return nil
	}
	p, _ := ProxyOf(b.from)
	return p
}

// Readers and writers with buffers cross as what they read from and write to: what is buffered is read and written first.
type (
	readerStandIn struct{ Reader io.Reader }
	writerStandIn struct{ Writer io.Writer }
)

// flushed writes through a buffer.
type flushed struct{ w *bufio.Writer }

func (f flushed) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err == nil {
		err = f.w.Flush()
	}
	return n, err
}

var requestType = reflect.TypeFor[*http.Request]()

// requestContext is the context of a request among the arguments of a call, or nil.
func requestContext(args []reflect.Value) context.Context {
	for _, x := range args {
		if x.Type() == requestType && !x.IsNil() {
			if ctx := x.Interface().(*http.Request).Context(); ctx.Done() != nil {
				return ctx
			}
		}
	}
	return nil
}
