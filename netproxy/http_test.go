package netproxy_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Site has what HTTP is made of.
type Site struct {
	left chan struct{} // closed when a request's context has ended
	base http.RoundTripper
}

// Handler serves the site.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}/{rest...}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-User", r.PathValue("id"))
		w.Header().Add("X-Many", "1")
		w.Header().Add("X-Many", "2")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s of %s as %s", r.PathValue("rest"), r.URL.Query().Get("q"), r.Header.Get("User-Agent"))
	})
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		_, _ = io.Copy(w, r.Body)
	})
	mux.HandleFunc("POST /form", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.FormValue("a"), r.PostFormValue("b"))
	})
	mux.HandleFunc("/headers", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Only", "header")
		w.Header().Del("X-Before")
	})
	mux.HandleFunc("/trailer", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		_, _ = w.Write([]byte("body"))
		w.Header().Set("X-Sum", "4")
	})
	mux.HandleFunc("/flush", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		w.(http.Flusher).Flush()
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			fmt.Fprint(w, err)
		}
		<-r.Context().Done()
		close(s.left)
	})
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, r *http.Request) {
		nc, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			fmt.Fprint(w, err)
			return
		}
		defer func() { _ = nc.Close() }()
		fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
		_ = rw.Flush()
		line, err := rw.ReadString('\n')
		if err != nil {
			return
		}
		fmt.Fprint(rw, strings.ToUpper(line))
		_ = rw.Flush()
	})
	mux.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	return mux
}

func (s *Site) Transport() http.RoundTripper { return s.base }
func (s *Site) Files() http.FileSystem {
	return http.FS(fstest.MapFS{"dir/a.txt": {Data: []byte("the file")}})
}

// A handler of the other side is served by the net/http of this one.
func TestRemoteHandler(t *testing.T) {
	var site *Site
	eachWay(t, func() any { site = &Site{left: make(chan struct{})}; return site }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		h := must[http.Handler](t)(netproxy.Call[http.Handler](ctx, root, "Handler"))
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Before", "kept unless deleted")
			h.ServeHTTP(w, r)
		}))
		srv.Config.ErrorLog = nil
		defer srv.Close()

		resp := must[*http.Response](t)(srv.Client().Get(srv.URL + "/users/7/a/b?q=x"))
		if got := read(t, resp); resp.StatusCode != http.StatusTeapot || got != "a/b of x as Go-http-client/1.1" ||
			resp.Header.Get("X-User") != "7" || len(resp.Header["X-Many"]) != 2 || resp.Header.Get("X-Before") == "" {
			t.Errorf("%s %q %v", resp.Status, got, resp.Header)
		}

		big := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		resp = must[*http.Response](t)(srv.Client().Post(srv.URL+"/echo", "text/big", bytes.NewReader(big)))
		if got := read(t, resp); got != string(big) || resp.Header.Get("Content-Type") != "text/big" {
			t.Errorf("%d bytes of %d, %v", len(got), len(big), resp.Header)
		}

		resp = must[*http.Response](t)(srv.Client().Post(srv.URL+"/form?a=1", "application/x-www-form-urlencoded", strings.NewReader("b=2")))
		if got := read(t, resp); got != "12" {
			t.Errorf("form: %q", got)
		}

		resp = must[*http.Response](t)(srv.Client().Get(srv.URL + "/headers"))
		if read(t, resp); resp.Header.Get("X-Only") != "header" || resp.Header.Get("X-Before") != "" {
			t.Errorf("headers alone: %v", resp.Header)
		}

		resp = must[*http.Response](t)(srv.Client().Get(srv.URL + "/trailer"))
		if got := read(t, resp); got != "body" || resp.Trailer.Get("X-Sum") != "4" {
			t.Errorf("trailer: %q %v", got, resp.Trailer)
		}
		if resp, err := srv.Client().Get(srv.URL + "/panic"); err == nil {
			t.Errorf("aborted: %v", resp.Status)
		}
		flush(t, srv, site)
		hijack(t, srv)
	})
}

func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	_ = resp.Body.Close()
	return string(b)
}

// flush reads what a handler has flushed while it waits for us to go away.
func flush(t *testing.T, srv *httptest.Server, site *Site) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req := must[*http.Request](t)(http.NewRequestWithContext(ctx, "GET", srv.URL+"/flush", nil))
	resp := must[*http.Response](t)(srv.Client().Do(req))
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "first\n" {
		t.Errorf("flushed: %q, %v", line, err)
	}
	cancel()
	_ = resp.Body.Close()
	select {
	case <-site.left:
	case <-time.After(10 * time.Second):
		t.Error("the handler does not learn that the client is gone")
	}
}

func hijack(t *testing.T, srv *httptest.Server) {
	req := must[*http.Request](t)(http.NewRequest("GET", srv.URL+"/hijack", nil))
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "shout")
	resp := must[*http.Response](t)(srv.Client().Do(req))
	if resp.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("hijacked: %s %s", resp.Status, read(t, resp))
		return
	}
	fmt.Fprintln(resp.Body.(io.Writer), "hello")
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "HELLO\n" {
		t.Errorf("hijacked: %q, %v", line, err)
	}
	_ = resp.Body.Close()
}

// A client here sends its requests from the other side.
func TestRemoteRoundTripper(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/echo", http.StatusTemporaryRedirect)
			return
		}
		w.Header().Set("X-Method", r.Method)
		_, _ = io.Copy(w, r.Body)
		fmt.Fprint(w, r.ContentLength, r.Header.Get("X-H"))
	}))
	defer srv.Close()
	eachWay(t, func() any { return &Site{base: srv.Client().Transport} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		client := &http.Client{Transport: must[http.RoundTripper](t)(netproxy.Call[http.RoundTripper](ctx, root, "Transport"))}
		req := must[*http.Request](t)(http.NewRequestWithContext(ctx, "PUT", srv.URL+"/moved", strings.NewReader("body ")))
		req.Header.Set("X-H", "h")
		resp := must[*http.Response](t)(client.Do(req))
		if got := read(t, resp); got != "body 5h" || resp.Header.Get("X-Method") != "PUT" || resp.Request.URL.Path != "/echo" {
			t.Errorf("%s %q %v", resp.Status, got, resp.Header)
		}
		resp = must[*http.Response](t)(client.Get(srv.URL))
		if got := read(t, resp); got != "0" {
			t.Errorf("%q", got)
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := client.Do(must[*http.Request](t)(http.NewRequestWithContext(gone, "GET", srv.URL, nil))); err == nil {
			t.Error("a request with a context that has ended was sent")
		}
	})
}

func TestRemoteFileSystem(t *testing.T) {
	eachWay(t, func() any { return &Site{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		files := must[http.FileSystem](t)(netproxy.Call[http.FileSystem](ctx, root, "Files"))
		srv := httptest.NewServer(http.FileServer(files))
		defer srv.Close()
		if got := read(t, must[*http.Response](t)(srv.Client().Get(srv.URL+"/dir/a.txt"))); got != "the file" {
			t.Errorf("%q", got)
		}
		if got := read(t, must[*http.Response](t)(srv.Client().Get(srv.URL+"/dir/"))); !strings.Contains(got, "a.txt") {
			t.Errorf("%q", got)
		}
		if resp := must[*http.Response](t)(srv.Client().Get(srv.URL + "/none")); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s %s", resp.Status, read(t, resp))
		} else {
			read(t, resp)
		}
	})
}

// The disk of the other side is an fs.FS here.
func TestRemoteDisk(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hello.txt"), []byte("hello world"), 0o600); err != nil {
		t.Fatal(err)
	}
	eachWay(t, func() any { return &Drive{dir} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		disk := must[driveFS](t)(netproxy.As[driveFS](ctx, root)).Root()
		srv := httptest.NewServer(http.FileServerFS(disk))
		defer srv.Close()
		req := must[*http.Request](t)(http.NewRequest("GET", srv.URL+"/hello.txt", nil))
		req.Header.Set("Range", "bytes=6-")
		if got := read(t, must[*http.Response](t)(srv.Client().Do(req))); got != "world" {
			t.Errorf("%q", got)
		}
	})
}

type driveFS interface{ Root() fs.FS }

// Drive is a part of a disk.
type Drive struct{ dir string }

func (d *Drive) Root() fs.FS { return os.DirFS(d.dir) }
