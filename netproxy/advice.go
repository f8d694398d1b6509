package netproxy

import (
	"fmt"
	"path/filepath"
	"time"
)

// A loop is what has waited more often than this in one burst.
const loopTrips = 3

// advice says how much of what was waited at a site was not needed, and how to be rid of it.
func (s *site) advice() (owed time.Duration, text string) {
	each := s.waited / time.Duration(max(s.trips, 1))
	parent, n := s.parent()
	inLoop := s.burst >= loopTrips
	switch {
	case s.op == opNext || s.op == opAll:
		return 0, "" // pages: these are what is needed
	case inLoop && s.sameOne():
		return each * time.Duration(s.burst), s.loopAdvice()
	case parent != nil && n*5 >= s.waits*4 && inLoop && parent.waits*3 <= n*2:
		return each * time.Duration(s.burst), fmt.Sprintf(
			"each of %d waits is for another object that came from %s: ask for values there (%s, with a T that is data, or a snapshot), or begin them all "+
				"and then wait (async.Each)", s.waits, parent.listing().short(), parent.listing().typedForm())
	case parent != nil && n*5 >= s.waits*4 && s.waits <= 2*parent.waits:
		return each * time.Duration(s.trips), fmt.Sprintf(
			"a step behind %s: name both at once, as in async.Of(…).%s.%s, or begin with netproxy.Pipelined: a chain is one round trip",
			parent.short(), parent.form(), s.form())
	case inLoop:
		return each * time.Duration(s.burst), s.loopAdvice()
	}
	return 0, ""
}

// parent is where most objects that were waited for came from, and how many these are.
func (s *site) parent() (most *site, n int) {
	for parent, times := range s.parents {
		if times > n || times == n && most != nil && parent.line < most.line {
			most, n = parent, times
		}
	}
	return most, n
}

// sameOne says whether the waits were for one object.
func (s *site) sameOne() bool { return (s.same+1)*5 >= s.waits*4 || s.rooted == s.waits }

// listing is the site that asked for the list, for one that ranges over it.
func (s *site) listing() *site {
	if parent, _ := s.parent(); parent != nil && (s.op == opAll || s.op == opNext) {
		return parent
	}
	return s
}

// loopAdvice is for the same operation over and over.
func (s *site) loopAdvice() string {
	sameOne := s.sameOne()
	times := fmt.Sprintf("%d times, one after the other: ", s.trips)
	switch s.op {
	case opIndex:
		if sameOne {
			return times + "ask for all elements by value (netproxy.Value[[]T]), or range over Proxy.All, which brings them in pages"
		}
	case opRecv:
		return times + "range over Proxy.All, which brings what is there in pages"
	case opAppend:
		return times + "Append takes many values at once"
	case opSet, opSetIndex, opDelete, opSend:
		return times + "begin them on one handle (async.Of), where they stay in order, and wait for the last"
	case opGet, opLen, opNames, opDisplay, opValue:
		if sameOne {
			return times + "of one object: ask once and keep the answer, or begin them all and then wait (async.Each)"
		}
	}
	return times + "begin them all and then wait (async.Each), or have the loop run over there"
}

// form is the operation as it stands in a program.
func (s *site) form() string {
	if s.member == "" {
		return opName(s.op) + "(…)"
	}
	return fmt.Sprintf("%s(%q)", opName(s.op), s.member)
}

// typedForm is a typed form of the operation at a site.
func (s *site) typedForm() string {
	switch s.op {
	case opCall:
		return fmt.Sprintf("netproxy.Call[[]T](…, %q)", s.member)
	case opGet:
		return fmt.Sprintf("netproxy.Get[[]T](…, %q)", s.member)
	}
	return "netproxy.Value[[]T]"
}

// short is the place of a site in few words.
func (s *site) short() string { return shortPlace(s.file, s.line) }

// shortPlace is a file's last folder, its name, and a line.
func shortPlace(file string, line int) string {
	if file == "" {
		return "a place that is not known"
	}
	return fmt.Sprintf("%s:%d", filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file)), line)
}
