package conn

import (
	"errors"

	"github.com/rgo-project/rgo/internal/wire"
)

// lacking is what a message of the peer's still waits for: its body, or promised results that it names. Guarded by the connection's mutex; once then has
// been called, it stays as it is.
type lacking struct {
	c    *Conn
	n    int       // how much there is to come
	bulk *incoming // the body; nil if that is in the frame
	over bool      // nothing is to come any more, or nobody waits for it
	err  error     // why the message will never be whole
	then func()    // called when it is over, unless it was given up; the mutex is held
}

// promise is a place among the references of a message which the value of a reply will fill.
type promise struct {
	place *any
	in    *lacking
}

// receiveMessage takes up a message: every reference is counted, found and held, in the order of the frames, before anything later in the stream is looked
// at. What the message lacks is nil if it is whole. An error ends the connection. The mutex is held.
func (c *Conn) receiveMessage(refs []wire.Ref, body wire.Body, from *origin, scope *Scope) (m Message, lacks *lacking, err error) {
	m.Data = body.Inline
	if len(refs) > c.limits.MaxRefs {
		return m, nil, tooMuch("%d references in one message, allowed are %d (Limits.MaxRefs)", len(refs), c.limits.MaxRefs)
	}
	if body.Number != 0 {
		bulk, err := c.expect(body, true)
		if err != nil {
			return m, nil, err
		}
		lacks = &lacking{c: c, n: 1, bulk: bulk}
		bulk.then = lacks.whole
		if bulk.err != nil {
			lacks.whole()
		}
	}
	if len(refs) > 0 {
		m.Refs = make([]any, len(refs), len(refs)+1) // room for a target
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
			have := c.s.exports.byID.get(ref.ID)
			if have == nil {
				return m, nil, &ProtocolError{Text: "it named export " + utoa(ref.ID) + ", to which it holds no reference"}
			}
			m.Refs[i] = have.object
		case wire.RefCall:
			a := c.s.answers[ref.ID]
			if a == nil || !a.keep {
				return m, nil, &ProtocolError{Text: "it named the result of call " + utoa(ref.ID) + ", which it does not keep"}
			}
			lacks = c.promise(&m.Refs[i], a, lacks)
		}
	}
	return m, lacks, nil
}

// promise fills a place in a message with the value of a's reply, at once or when there is one. The mutex is held.
func (c *Conn) promise(place *any, a *answer, lacks *lacking) *lacking {
	if a.known && !a.broken {
		*place = a.value
		return lacks
	}
	if lacks == nil {
		lacks = &lacking{c: c}
	}
	lacks.n++
	if a.known {
		lacks.fail(&brokenPromise{of: a})
	} else {
		a.waiting = append(a.waiting, promise{place, lacks})
	}
	return lacks
}

// await has then called when nothing is lacking any more, or never will be there: perhaps at once. The mutex is held.
func (l *lacking) await(then func()) {
	l.then = then
	if l.over {
		then()
	}
}

// whole notes that the body has come, or has broken off. The mutex is held.
func (l *lacking) whole() {
	if err := l.bulk.err; err != nil {
		l.fail(err)
		return
	}
	l.got()
}

// keep fills a place in the message, unless nobody waits for it any more: then it may be in use. The mutex is held.
func (p promise) keep(value any) {
	if !p.in.over {
		*p.place = value
		p.in.got()
	}
}

// got notes that one thing less is lacking. The mutex is held.
func (l *lacking) got() {
	if l.n--; l.n == 0 && !l.over {
		l.end()
	}
}

// fail notes that the message will never be whole. The mutex is held.
func (l *lacking) fail(err error) {
	if l.over {
		return
	}
	l.err = err
	if l.bulk != nil {
		l.c.unwant(l.bulk)
	}
	l.end()
}

func (l *lacking) end() {
	l.over = true
	if then := l.then; then != nil {
		l.then = nil
		then()
	}
}

// giveUp says that nobody wants the message any more. The mutex is held.
func (l *lacking) giveUp() {
	l.then = nil
	l.fail(errGivenUp)
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

// errGivenUp says that somebody stopped waiting for something; they know why.
var errGivenUp = errors.New("conn: given up")

// brokenPromise says that a call failed because one it builds on has failed.
type brokenPromise struct{ of *answer }

func (e *brokenPromise) Error() string {
	return "conn: call " + utoa(e.of.id) + ", whose result was named, has failed"
}
