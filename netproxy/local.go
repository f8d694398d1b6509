package netproxy

import "reflect"

// Held makes a proxy of values that are here already: of one, or of several results. Those that are proxies stay what they are.
func Held(values ...any) *Proxy {
	if len(values) == 1 {
		return heldOne(values[0])
	}
	p := &Proxy{tuple: make([]*Proxy, 0, len(values))}
	for _, x := range values {
		p.tuple = append(p.tuple, heldOne(x))
	}
	return p
}

func heldOne(x any) *Proxy {
	if p, ok := x.(*Proxy); ok {
		return p
	}
	return newHeld(reflect.ValueOf(x))
}

// LocalType returns the type of the value as this side knows it. It reports false if the type is not known here, or not yet.
func (p *Proxy) LocalType() (reflect.Type, bool) {
	switch {
	case p.copy:
		if !p.held.IsValid() {
			return nil, false
		}
		return p.held.Type(), true
	case p.call != nil:
		if now := p.call.now(); now != nil {
			return now.LocalType()
		}
	case p.space != nil && p.typ != "":
		return p.space.typeNamed(p.typ)
	}
	return nil, false
}
