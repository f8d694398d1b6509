package conn

import (
	"fmt"
	"sync"

	"github.com/rgo-project/rgo/internal/wire"
)

// hello is any message of the handshake: a map, of which each message has some keys. Unknown keys are passed over, so that later versions can add
// some.
type hello struct {
	name    string
	version string
	limits  Limits // zero if not said
	nonce   []byte
	proof   []byte
	refused string // a word for programs; the message is a refusal if it is not empty
	text    string // a sentence for people
}

// helloLimits bounds what a stranger can make us look at.
var helloLimits = wire.Limits{MaxValue: maxHello, MaxNesting: 4, MaxElements: 64}

// helloChecker is made once, since it takes longer than a hello to check.
var helloChecker = sync.OnceValues(func() (*wire.Checker, error) { return wire.NewChecker(helloLimits) })

// announced are the limits that the peer must know to stay within them.
func (l *Limits) announced() []*int {
	return []*int{&l.MaxFrame, &l.MaxValue, &l.MaxRefs, &l.MaxStreams}
}

func (h *hello) append(b []byte) []byte {
	type entry struct {
		key   string
		value func(b []byte) []byte
	}
	text := func(s string) func([]byte) []byte {
		return func(b []byte) []byte { return wire.AppendText(b, s) }
	}
	data := func(p []byte) func([]byte) []byte {
		return func(b []byte) []byte { return wire.AppendBytes(b, p) }
	}
	var entries []entry
	add := func(is bool, key string, value func([]byte) []byte) {
		if is {
			entries = append(entries, entry{key, value})
		}
	}
	add(h.name != "", "name", text(clip(h.name, maxNameLen)))
	add(h.version != "", "version", text(h.version))
	add(h.limits != Limits{}, "limits", h.appendLimits)
	add(h.nonce != nil, "nonce", data(h.nonce))
	add(h.proof != nil, "proof", data(h.proof))
	add(h.refused != "", "refused", text(h.refused))
	add(h.text != "", "text", text(clip(h.text, maxReason)))
	b = wire.AppendMap(b, len(entries))
	for _, e := range entries {
		b = e.value(wire.AppendText(b, e.key))
	}
	return b
}

func (h *hello) appendLimits(b []byte) []byte {
	all := h.limits.announced()
	b = wire.AppendArray(b, len(all))
	for _, v := range all {
		b = wire.AppendUint(b, uint64(*v))
	}
	return b
}

func (h *hello) parse(data []byte) error {
	check, err := helloChecker()
	if err == nil {
		err = check.Check(data)
	}
	if err != nil {
		return err
	}
	r := wire.NewReader(data)
	n, err := r.Map()
	if err != nil {
		return err
	}
	for range n {
		key, err := r.Text()
		if err != nil {
			return err
		}
		if err := h.parseValue(&r, key); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
	}
	h.limits = h.limits.withDefaults()
	return nil
}

func (h *hello) parseValue(r *wire.Reader, key string) (err error) {
	switch key {
	case "name":
		h.name, err = r.Text()
		h.name = printable(h.name)
	case "version":
		h.version, err = r.Text()
		h.version = printable(h.version)
	case "limits":
		err = h.parseLimits(r)
	case "nonce":
		h.nonce, err = r.Bytes()
	case "proof":
		h.proof, err = r.Bytes()
	case "refused":
		h.refused, err = r.Text()
	case "text":
		h.text, err = r.Text()
		h.text = printable(h.text)
	default:
		err = r.Skip()
	}
	return err
}

// mostLimit keeps sums of limits that a peer announces within an int.
const mostLimit = 1 << 30

func (h *hello) parseLimits(r *wire.Reader) error {
	n, err := r.Array()
	if err != nil {
		return err
	}
	all := h.limits.announced()
	for i := range n {
		v, err := r.Uint()
		if err != nil {
			return err
		}
		if i < len(all) {
			*all[i] = int(min(v, mostLimit))
		}
	}
	return nil
}

// printable takes what a stranger calls itself for people to read, without what would confuse a terminal or a log.
func printable(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range clip(s, maxReason) {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}
