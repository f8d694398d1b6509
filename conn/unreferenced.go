package conn

import "reflect"

// unreferenced is what an exported object may implement to be told that the peer holds no reference to it any more, or never came to hold one, since
// the message with it was not sent. It is called once for each time that the object was in the table, and once for each message that was not sent.
type unreferenced interface{ Unreferenced() }

// joiner is what an exported object may implement to be told of a later one with the same key, in whose place it stands.
type joiner interface{ Join(later any) }

func merge(have, later any) {
	if j, ok := have.(joiner); ok {
		j.Join(later)
	}
}

// tell lets objects know, outside all locks, that the peer holds them no more. The mutex is held.
func (c *Conn) tell(gone ...any) {
	if all := telling(gone); len(all) > 0 {
		c.spawn(func() { all.tell() }) // ends with the user's hooks; joined by Wait
	}
}

// told are objects that want to know.
type told []unreferenced

func telling(gone []any) (all told) {
	for _, object := range gone {
		if u, ok := object.(unreferenced); ok {
			all = append(all, u)
		}
	}
	return all
}

func (all told) tell() {
	for _, u := range all {
		u.Unreferenced()
	}
}

// Discard is for references that will not be sent after all: exports among them that the peer does not hold are told that nobody holds them.
func (c *Conn) Discard(refs []any) {
	c.mu.Lock()
	gone := c.unsent(refs)
	c.mu.Unlock()
	telling(gone).tell()
}

// unsent returns the exports among refs that nobody holds; those whose place another one takes join that. The mutex is held.
func (c *Conn) unsent(refs []any) (gone []any) {
	byKey := make(map[any]any)
	for _, ref := range refs {
		e, ok := ref.(Export)
		if !ok {
			continue
		}
		if e.Key != nil && reflect.ValueOf(e.Key).Comparable() {
			if have := c.s.exports.keyed(e.Key); have != nil {
				merge(have.object, e.Object)
				continue
			}
			if have, ok := byKey[e.Key]; ok {
				merge(have, e.Object)
				continue
			}
			byKey[e.Key] = e.Object
		}
		gone = append(gone, e.Object)
	}
	return gone
}
