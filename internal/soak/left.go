package soak

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// patience is how long what has ended may take to be gone. Nothing needs it unless the machine is overloaded.
const patience = 20 * time.Second

// held is what a process holds that a connection could leave.
type held struct{ goroutines, descriptors int }

func (h held) String() string {
	return fmt.Sprintf("%d goroutines, %d descriptors", h.goroutines, h.descriptors)
}

func measure() held {
	h := held{goroutines: runtime.NumGoroutine()}
	if fds, err := os.ReadDir("/proc/self/fd"); err == nil { // not every system has it: then they are not counted
		h.descriptors = len(fds)
	}
	return h
}

// nothingLeft waits until no more is held than before.
func nothingLeft(before held) error {
	var now held
	if soon(func() bool {
		now = measure()
		return now.goroutines <= before.goroutines && now.descriptors <= before.descriptors
	}) {
		return nil
	}
	return fmt.Errorf("it has left something: %v before, %v now\n%s", before, now, stacks())
}

// emptied waits until neither end of an idle connection holds anything of the other.
func emptied(ends ...*conn.Conn) error {
	ok := soon(func() bool {
		runtime.GC() // finds the references that nobody holds
		for _, c := range ends {
			if s := c.Stats(); s.Exports+s.Imports+s.PendingOut+s.PendingIn+s.Results+s.Held+s.HeldThere+s.Streams != 0 {
				return false
			}
		}
		return true
	})
	if ok {
		return nil
	}
	var text bytes.Buffer
	for _, c := range ends {
		fmt.Fprintf(&text, "\n%+v\n%v", c.Stats(), c.Dump())
	}
	return fmt.Errorf("nobody is at work, and the connection holds:%s\n%s", text.String(), stacks())
}

// soon waits for something that takes a moment.
func soon(ok func() bool) bool {
	for end, wait := time.Now().Add(patience), time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		if ok() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		time.Sleep(wait)
	}
}

func stacks() string {
	var b bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1) // a buffer takes all
	return b.String()
}
