package interp

import (
	"flag"
	"log"
	"reflect"
)

// standIn returns what the session's code calls for a method of a compiled type, with the receiver first, if that is not the method itself: for those of package
// testing, for those that would end the process and not the run, and for those that look for their caller.
func (s *Session) standIn(recv reflect.Type, name string) reflect.Value {
	switch {
	case recv == reflect.TypeFor[*flag.FlagSet]() && name == "Parse":
		return reflect.ValueOf(s.parseFlags)
	case recv == reflect.TypeFor[*log.Logger]():
		return reflect.ValueOf(s.logMethod(name))
	}
	return s.tester.runner.Method(recv, name)
}
