package conn

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// origin says in which message a reference came. The text is made when somebody looks.
type origin struct {
	what string // "argument of our call" and the like
	about
}

func (o *origin) text(ops opNamer) string {
	if o == nil {
		return ""
	}
	text := o.what + " " + callTitle(ops, o.op, o.name)
	if o.site != nil {
		text += " made at " + o.site.String()
	}
	return text
}

// opNamer is what a Handler may implement to give its operations names, for dumps.
type opNamer interface{ OpName(op Op) string }

func callTitle(ops opNamer, op Op, name string) string {
	title := fmt.Sprintf("op %d", op)
	if ops != nil {
		title = ops.OpName(op)
	}
	if name != "" {
		title += fmt.Sprintf(" %q", name)
	}
	return title
}

// siteShown is how many of the user's own frames are shown.
const siteShown = 3

// siteDepth is how many frames of a stack are kept: those of this module stand before the user's.
const siteDepth = 24

// site is a place in the user's code.
type site struct {
	frames [siteDepth]uintptr
	once   sync.Once
	text   string
}

// sites are the places that were met. There are no more of them than ways through the program, and each is kept once.
type sites struct {
	mu  sync.Mutex
	all map[[siteDepth]uintptr]*site
}

// here returns the place that called into the connection.
func (s *sites) here() *site {
	var frames [siteDepth]uintptr
	runtime.Callers(2, frames[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.all[frames]
	if at == nil {
		if s.all == nil {
			s.all = make(map[[siteDepth]uintptr]*site)
		}
		at = &site{frames: frames}
		s.all[frames] = at
	}
	return at
}

// ownPackages are those of this module that stand between a connection and its user.
var ownPackages = []string{
	"github.com/rgo-project/rgo/conn", "github.com/rgo-project/rgo/netproxy", "github.com/rgo-project/rgo/async", "github.com/rgo-project/rgo/interp",
	"runtime", "reflect", "sync", "context",
}

// String names the innermost frames of the user's own code.
func (s *site) String() string {
	s.once.Do(func() {
		n := slices.Index(s.frames[:], 0)
		if n < 0 {
			n = siteDepth
		}
		var places []string
		for frames := runtime.CallersFrames(s.frames[:n]); len(places) < siteShown; {
			f, more := frames.Next()
			if f.Function != "" && !slices.Contains(ownPackages, packageOf(f.Function)) {
				places = append(places, fmt.Sprintf("%s:%d (%s)", f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line, f.Function[strings.LastIndexByte(f.Function, '/')+1:]))
			}
			if !more {
				break
			}
		}
		if s.text = strings.Join(places, " < "); s.text == "" {
			s.text = "a goroutine of this module's own"
		}
	})
	return s.text
}

// packageOf returns the import path in the full name of a function.
func packageOf(function string) string {
	path := function[:strings.LastIndexByte(function, '/')+1]
	name, _, _ := strings.Cut(function[len(path):], ".")
	return path + name
}

// originOf notes which call a message belongs to. It returns nil if nobody wants to know.
func (c *Conn) originOf(what string, of *about) *origin {
	if !c.cfg.Origins {
		return nil
	}
	return &origin{what: what, about: *of}
}
