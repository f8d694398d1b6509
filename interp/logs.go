package interp

import (
	"fmt"
	"log"
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/interp/symbols"
)

// ownLog is package log with a standard logger that writes to the session's standard error, and knows the lines of its code.
func (s *Session) ownLog() symbols.Table {
	logger := log.Default()
	own := symbols.Table{}
	if s.stdio != nil {
		logger = log.New(errWriter{s.stdio}, "", log.LstdFlags)
		overlay(own, "log", func() reflect.Value { return reflect.ValueOf(logger) })
		own["Default"] = reflect.ValueOf(func() *log.Logger { return logger })
	}
	table, _ := symbols.Lookup("log")
	for name, v := range table {
		m := reflect.ValueOf(s.logMethod(name))
		if !m.IsValid() {
			continue
		}
		own[name] = reflect.MakeFunc(v.Type(), func(args []reflect.Value) []reflect.Value {
			args = append([]reflect.Value{reflect.ValueOf(logger)}, args...)
			if v.Type().IsVariadic() {
				return m.CallSlice(args)
			}
			return m.Call(args)
		})
	}
	return own
}

// logMethod is what the session's code calls for a method of a logger, nil for those that neither end the process nor look for their caller.
func (s *Session) logMethod(name string) any {
	switch name {
	case "Output":
		return func(l *log.Logger, depth int, text string) error { return s.log(l, depth-1, text) }
	case "Print":
		return func(l *log.Logger, v ...any) { _ = s.log(l, 0, fmt.Sprint(v...)) }
	case "Printf":
		return func(l *log.Logger, format string, v ...any) { _ = s.log(l, 0, fmt.Sprintf(format, v...)) }
	case "Println":
		return func(l *log.Logger, v ...any) { _ = s.log(l, 0, fmt.Sprintln(v...)) }
	case "Panic":
		return func(l *log.Logger, v ...any) { s.logPanic(l, fmt.Sprint(v...)) }
	case "Panicf":
		return func(l *log.Logger, format string, v ...any) { s.logPanic(l, fmt.Sprintf(format, v...)) }
	case "Panicln":
		return func(l *log.Logger, v ...any) { s.logPanic(l, fmt.Sprintln(v...)) }
	case "Fatal":
		return func(l *log.Logger, v ...any) { s.logFatal(l, fmt.Sprint(v...)) }
	case "Fatalf":
		return func(l *log.Logger, format string, v ...any) { s.logFatal(l, fmt.Sprintf(format, v...)) }
	case "Fatalln":
		return func(l *log.Logger, v ...any) { s.logFatal(l, fmt.Sprintln(v...)) }
	}
	return nil
}

func (s *Session) logPanic(l *log.Logger, text string) {
	_ = s.log(l, 0, text)
	panic(text)
}

func (s *Session) logFatal(l *log.Logger, text string) {
	_ = s.log(l, 0, text)
	s.exit(1)
}

// log writes what a logger writes. A logger that is to name the line it is called from looks for compiled code: the name is put before its text here.
func (s *Session) log(l *log.Logger, skip int, text string) error {
	const named = log.Lshortfile | log.Llongfile
	flags, prefix := l.Flags(), l.Prefix()
	if flags&named == 0 {
		return l.Output(0, text)
	}
	_, file, line, ok := s.caller(skip)
	if !ok {
		file = "???"
	}
	if flags&log.Lshortfile != 0 {
		file = file[strings.LastIndexByte(file, '/')+1:]
	}
	if flags&log.Lmsgprefix != 0 {
		prefix, text = "", prefix+text
	}
	s.logging.Lock() // as the logger would lock itself
	defer s.logging.Unlock()
	return log.New(l.Writer(), prefix, flags&^(named|log.Lmsgprefix)).Output(0, fmt.Sprintf("%s:%d: %s", file, line, text))
}
