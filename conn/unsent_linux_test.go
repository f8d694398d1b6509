package conn

import (
	"context"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// outside is an address of this machine that is not loopback.
func outside(t *testing.T) string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && ip.IP.To4() != nil {
			return ip.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback")
	return ""
}

// What waits in the system ahead of a small call is bounded on connections that leave the machine, and on no others.
func TestUnsent(t *testing.T) {
	for name, bounded := range map[string]bool{"127.0.0.1": false, "": true} {
		t.Run(name, func(t *testing.T) {
			if name == "" {
				name = outside(t)
			}
			ln, err := net.Listen("tcp", net.JoinHostPort(name, "0"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = ln.Close() }()
			accepted := make(chan *Conn)
			go func() {
				defer close(accepted)
				if nc, err := ln.Accept(); err == nil {
					c, err := Accept(context.Background(), nc, Config{})
					if err != nil {
						t.Error(err)
					}
					accepted <- c
				}
			}()
			nc, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			c, err := Client(context.Background(), nc, Config{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []*Conn{c, <-accepted} {
				control, err := c.raw.(*net.TCPConn).SyscallConn()
				if err != nil {
					t.Fatal(err)
				}
				var got int
				if failed := control.Control(func(fd uintptr) { got, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT) }); failed != nil || err != nil {
					t.Fatal(failed, err)
				}
				if (got == unsentMost) != bounded {
					t.Errorf("%d bytes may wait in the system", uint32(got))
				}
				defer func() { _ = c.Wait() }()
				defer func() { _ = c.Close() }()
			}
		})
	}
}
