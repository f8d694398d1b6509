package floor_test

import (
	"net"
	"testing"

	"github.com/rgo-project/rgo/bench/internal/floor"
	"github.com/rgo-project/rgo/bench/internal/load"
)

// TestFloors holds each floor to what rgo is held to: right answers.
func TestFloors(t *testing.T) {
	for _, name := range floor.Names {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			over := make(chan error)
			go func() { over <- floor.Serve(name, l) }()
			c, err := floor.Dial(name, l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if x, err := c.Echo(-7); x != -7 || err != nil {
				t.Errorf("echo: %v, %v", x, err)
			}
			if err := c.Ahead(10_000); err != nil {
				t.Errorf("ahead: %v", err)
			}
			if n, err := c.Put(load.Payload()); n != load.PayloadSize || err != nil {
				t.Errorf("put: %v, %v", n, err)
			}
			if err := c.PutAll(load.Payload(), 9); err != nil {
				t.Errorf("put all: %v", err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			if err := <-over; err == nil {
				t.Error("a server of a closed listener has not failed")
			}
		})
	}
	if _, err := floor.Dial("none", "127.0.0.1:1"); err == nil {
		t.Error("a system that does not exist was dialled")
	}
}
