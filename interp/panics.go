package interp

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/vm"
)

// panicError describes a panic that nothing has recovered. The texts of errors may be the code's own doing, as a part of the run.
func (s *Session) panicError(run *vm.Run, p *vm.Panic) *PanicError {
	e := &PanicError{Value: p.Value}
	for _, f := range p.Stack {
		e.Stack = append(e.Stack, Frame(f))
	}
	if fatal, ok := p.Value.(vm.Fatal); ok {
		e.Fatal, e.Text = true, string(fatal)
		return e
	}
	for _, before := range p.Earlier {
		e.Text += s.panicText(run, before.Value)
		if before.Recovered {
			e.Text += " [recovered]"
		}
		e.Text += "\n\tpanic: "
	}
	e.Text += s.panicText(run, p.Value)
	if p.Repanicked {
		e.Text += " [recovered, repanicked]"
	}
	return e
}

func (s *Session) panicText(run *vm.Run, p any) (text string) {
	if err := s.machine.Do(run, func() { text = panicText(p) }); err != nil {
		return fmt.Sprintf("(%T) %#x", p, dataWord(p))
	}
	return text
}

// panicText is what Go prints after "panic: ".
func panicText(p any) string {
	switch v := p.(type) {
	case nil:
		return "nil"
	case error:
		return indented(ownText(p, "Error", v.Error))
	case fmt.Stringer:
		return indented(ownText(p, "String", v.String))
	}
	v := reflect.ValueOf(p)
	named := v.Type().PkgPath() != ""
	switch kind := v.Kind(); {
	case kind == reflect.String && named:
		return fmt.Sprintf("%T(\"%s\")", p, indented(v.String()))
	case kind == reflect.String:
		return indented(v.String())
	case kind > reflect.Complex128:
		return fmt.Sprintf("(%T) %#x", p, dataWord(p))
	case !named:
		return number(v)
	case v.CanComplex(): // a number in parentheses
		return fmt.Sprintf("%T%s", p, number(v))
	}
	return fmt.Sprintf("%T(%s)", p, number(v))
}

// ownText survives a method that panics itself.
func ownText(p any, name string, method func() string) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("%T (its %s method panicked: %v)", p, name, r)
		}
	}()
	return method()
}

func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n\t") }

// dataWord is the second word of an interface value: a pointer, or the address of what it holds.
func dataWord(p any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&p))[1] }
