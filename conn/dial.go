package conn

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// Dialer makes connections to targets.
type Dialer struct {
	Config
}

// Dial connects to a target that offers something, itself offering nothing. Use a Dialer to set a token, a name, or a handler.
func Dial(ctx context.Context, target string) (*Conn, error) { return new(Dialer).Dial(ctx, target) }

// Dial connects to target, which is one of
//
//	unix:///run/app.sock          a unix socket, whose server runs as our own user
//	tcp://127.0.0.1:7018          a port of this machine
//	exec:ssh web1 rgo-server --stdio   a command, spoken with over its standard input and output
//	stdio:                        our own standard input and output
//
// ctx bounds the connecting; afterwards it has no influence on the connection.
func (d *Dialer) Dial(ctx context.Context, target string) (*Conn, error) {
	cfg := d.withDefaults()
	scheme, rest, ok := strings.Cut(target, ":")
	if !ok {
		return nil, badTarget(target, "it has no scheme")
	}
	switch scheme {
	case "unix":
		path, err := unixPath(target)
		if err != nil {
			return nil, err
		}
		return dialNet(ctx, "unix", path, target, cfg)
	case "tcp":
		addr, err := loopback(target)
		if err != nil {
			return nil, err
		}
		return dialNet(ctx, "tcp", addr, target, cfg)
	case "exec":
		return dialExec(ctx, rest, target, cfg)
	case "stdio":
		raw, err := Stdio()
		if err != nil {
			return nil, err
		}
		return client(ctx, raw, cfg, target)
	}
	return nil, badTarget(target, fmt.Sprintf("the scheme %q is unknown", scheme))
}

func badTarget(target, why string) error {
	return fmt.Errorf("conn: bad target %q: %s; want unix:///path, tcp://127.0.0.1:port, exec:command or stdio: alone", target, why)
}

func dialNet(ctx context.Context, network, addr, target string, cfg Config) (*Conn, error) {
	limit, cancel := context.WithTimeout(ctx, cfg.HandshakeTimeout)
	defer cancel()
	nc, err := new(net.Dialer).DialContext(limit, network, addr)
	if err != nil {
		return nil, fmt.Errorf("conn: dial %s: %w", target, err)
	}
	return client(ctx, nc, cfg, target)
}

// unixPath takes the path out of a target.
func unixPath(target string) (string, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(target, "unix:"), "//")
	if path == "" {
		return "", badTarget(target, "the path is missing")
	}
	if strings.HasPrefix(target, "unix://") && !strings.HasPrefix(path, "/") {
		return "", badTarget(target, "a unix target has an absolute path, with three slashes; for a relative one write unix:path")
	}
	return path, nil
}

// resolveTime bounds the lookup of a name such as localhost.
const resolveTime = 5 * time.Second

// loopback takes the address out of a tcp target and refuses one that reaches beyond this machine.
func loopback(target string) (string, error) {
	addr := strings.TrimPrefix(strings.TrimPrefix(target, "tcp:"), "//")
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", badTarget(target, err.Error())
	}
	ctx, cancel := context.WithTimeout(context.Background(), resolveTime)
	defer cancel()
	ips, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return "", fmt.Errorf("conn: %s: %w", target, err)
	}
	for _, ip := range ips {
		if !ip.IP.IsLoopback() {
			return "", fmt.Errorf("conn: %s reaches beyond this machine (%s), and plain tcp is neither encrypted nor authenticated: use exec:ssh HOST rgo-server --stdio, or a tunnel to 127.0.0.1", target, ip.IP)
		}
	}
	return net.JoinHostPort(ips[0].String(), port), nil
}
