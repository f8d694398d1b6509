package conn_test

import (
	"io"
	"sync"
)

// gate is one direction of a link that a test can close: what is written meanwhile is held back, in order, and delivered when it is opened again.
type gate struct {
	io.ReadWriteCloser

	mu     sync.Mutex
	change sync.Cond
	held   [][]byte
	open   bool
	broken bool
	pumped chan struct{} // closed when the goroutine has ended
}

func newGate(rw io.ReadWriteCloser) *gate {
	g := &gate{ReadWriteCloser: rw, open: true, pumped: make(chan struct{})}
	g.change.L = &g.mu
	go g.pump() // ends with Close or with the link
	return g
}

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken {
		return 0, io.ErrClosedPipe
	}
	g.held = append(g.held, append([]byte(nil), p...))
	g.change.Broadcast()
	return len(p), nil
}

func (g *gate) pump() {
	defer close(g.pumped)
	for {
		g.mu.Lock()
		for !g.broken && (!g.open || len(g.held) == 0) {
			g.change.Wait()
		}
		if g.broken {
			g.mu.Unlock()
			return
		}
		next := g.held[0]
		g.held = g.held[1:]
		g.mu.Unlock()
		if _, err := g.ReadWriteCloser.Write(next); err != nil {
			return
		}
	}
}

// set opens or closes the gate.
func (g *gate) set(open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = open
	g.change.Broadcast()
}

func (g *gate) Close() error {
	g.mu.Lock()
	g.broken = true
	g.change.Broadcast()
	g.mu.Unlock()
	return g.ReadWriteCloser.Close()
}
