package conn

import (
	"errors"

	"github.com/rgo-project/rgo/internal/wire"
)

// arriving is a message of the peer's whose references have been taken up, and whose body or promised results may still be on their way.
type arriving struct {
	Message
	c      *Conn
	bulk   *incoming // if not nil, what Data will be
	awaits []promise // references whose objects are not known yet
}

// promise is a place in Refs that the value of a reply will fill.
type promise struct {
	at int
	of *answer
}

func (m *arriving) ready() bool { return m.bulk == nil && len(m.awaits) == 0 }

// receiveMessage takes up a message: every reference is counted, found and held, in the order of the frames, before anything later in the stream is looked
// at. An error ends the connection. The mutex is held.
func (c *Conn) receiveMessage(m *arriving, refs []wire.Ref, body wire.Body, from *origin, scope *Scope) error {
	*m = arriving{c: c, Message: Message{Data: body.Inline}}
	if body.Number != 0 {
		var err error
		if m.bulk, err = c.expect(body, true); err != nil {
			return err
		}
	}
	if len(refs) > 0 {
		m.Refs = make([]any, len(refs))
	}
	for i, ref := range refs {
		switch ref.Kind {
		case wire.RefExport:
			m.Refs[i] = c.receiveRef(ref.ID, from, scope)
		case wire.RefHome:
			if ref.ID == 0 {
				m.Refs[i] = Root{}
				continue
			}
			have := c.s.exports.byID[ref.ID]
			if have == nil {
				return &ProtocolError{Text: "it named export " + utoa(ref.ID) + ", to which it holds no reference"}
			}
			m.Refs[i] = have.object
		case wire.RefCall:
			a := c.s.answers[ref.ID]
			if a == nil || !a.keep {
				return &ProtocolError{Text: "it named the result of call " + utoa(ref.ID) + ", which it does not keep"}
			}
			m.promise(i, a)
		}
	}
	return nil
}

// promise makes place i of Refs the value of a's reply. The mutex is held.
func (m *arriving) promise(i int, a *answer) {
	if a.known && !a.broken {
		m.Refs[i] = a.value
		return
	}
	m.awaits = append(m.awaits, promise{at: i, of: a})
}

// dropMessage counts the references of a message that nobody wants, and gives them back. The mutex is held.
func (c *Conn) dropMessage(refs []wire.Ref, body wire.Body) error {
	for _, ref := range refs {
		if ref.Kind == wire.RefExport {
			c.dropRef(ref.ID)
		}
	}
	if body.Number != 0 {
		_, err := c.expect(body, false)
		return err
	}
	return nil
}

// errGivenUp says that somebody stopped waiting for a message; they know why.
var errGivenUp = errors.New("conn: message given up")

// arrive waits until the message is complete, or nobody wants it any more.
func (m *arriving) arrive(stop <-chan struct{}) error {
	if m.bulk != nil {
		select {
		case <-m.bulk.done:
		case <-stop:
			m.c.mu.Lock()
			m.c.unwant(m.bulk)
			m.c.mu.Unlock()
			return errGivenUp
		}
		if m.bulk.err != nil {
			return m.bulk.err
		}
		m.Data, m.bulk = m.bulk.data, nil
	}
	for len(m.awaits) > 0 {
		next := m.awaits[0]
		select {
		case <-next.of.done:
		case <-stop:
			return errGivenUp
		}
		if next.of.broken {
			return &brokenPromise{of: next.of}
		}
		m.Refs[next.at] = next.of.value
		m.awaits = m.awaits[1:]
	}
	return nil
}

// brokenPromise says that a call failed because one it builds on has failed.
type brokenPromise struct{ of *answer }

func (e *brokenPromise) Error() string {
	return "conn: call " + utoa(e.of.id) + ", whose result was named, has failed"
}
