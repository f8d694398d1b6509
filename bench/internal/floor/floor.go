// Package floor is what rgo is held against: net/rpc of the standard library, and frames without any protocol, on TCP and on a stream of yamux's with its defaults.
//
//	go floor.Serve("net-rpc", listener)
//	c, err := floor.Dial("net-rpc", address)
//	x, err := c.Echo(7)
package floor

import (
	"fmt"
	"log"
	"net"
)

// Names are the systems that there are.
var Names = []string{"raw-tcp", "raw-yamux", "net-rpc"}

// Client is one end of a connection. Of the raw ones only one caller at a time may use it.
type Client interface {
	Echo(x int64) (int64, error)
	Ahead(n int) error            // n echoes, none of which waits for another
	Put(b []byte) (int, error)    // how many bytes came
	PutAll(b []byte, n int) error // n times, several at a time
	Close() error
}

// Serve serves each connection, until the listener is closed.
func Serve(name string, l net.Listener) error {
	serve := map[string]func(net.Conn){"raw-tcp": rawTCP, "raw-yamux": rawYamux, "net-rpc": serveRPC()}[name]
	if serve == nil {
		return unknown(name)
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go serve(c) // ends with the connection; nobody waits for it: a server here ends with its process
	}
}

// Dial connects to a server of the same name.
func Dial(name, addr string) (Client, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	switch name {
	case "raw-tcp":
		return newRaw(c), nil
	case "raw-yamux":
		return dialYamux(c)
	case "net-rpc":
		return NewRPC(c), nil
	}
	_ = c.Close()
	return nil, unknown(name)
}

func unknown(name string) error { return fmt.Errorf("floor: no system is called %q", name) }

// over says why a connection has ended, if it is not that its client has left.
func over(err error) {
	if err != nil {
		log.Print("floor: ", err)
	}
}
