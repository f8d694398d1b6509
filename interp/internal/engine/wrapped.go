package engine

import (
	"encoding"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log"
	"reflect"
)

// wrappedBy says, for compiled funcs that take an any and look for methods in it, which interfaces an interpreted value is
// to be wrapped in on its way there: by itself it has no methods that compiled code could see.
var wrappedBy = func() map[reflect.Value][]reflect.Type {
	formatted := []reflect.Type{reflect.TypeFor[fmt.Formatter](), reflect.TypeFor[error](), reflect.TypeFor[fmt.Stringer]()}
	scanned := []reflect.Type{reflect.TypeFor[fmt.Scanner]()}
	m := map[reflect.Value][]reflect.Type{
		reflect.ValueOf(json.Marshal):   {reflect.TypeFor[json.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()},
		reflect.ValueOf(json.Unmarshal): {reflect.TypeFor[json.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()},
		reflect.ValueOf(xml.Marshal):    {reflect.TypeFor[xml.Marshaler](), reflect.TypeFor[encoding.TextMarshaler]()},
		reflect.ValueOf(xml.Unmarshal):  {reflect.TypeFor[xml.Unmarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()},
	}
	for _, f := range []any{
		fmt.Errorf, fmt.Fprint, fmt.Fprintf, fmt.Fprintln, fmt.Print, fmt.Printf, fmt.Println, fmt.Sprint, fmt.Sprintf, fmt.Sprintln,
		log.Fatal, log.Fatalf, log.Fatalln, log.Panic, log.Panicf, log.Panicln, log.Print, log.Printf, log.Println,
	} {
		m[reflect.ValueOf(f)] = formatted
	}
	for _, f := range []any{fmt.Fscan, fmt.Fscanf, fmt.Fscanln, fmt.Scan, fmt.Scanf, fmt.Scanln} {
		m[reflect.ValueOf(f)] = scanned
	}
	return m
}()

// Wrap has interpreted values that are given to the func instead be wrapped as they are for the func like.
func (e *Engine) Wrap(instead, like reflect.Value) {
	if ts, ok := wrappedBy[like]; ok {
		e.use(map[string]map[string]reflect.Value{".": {"MapTypes": reflect.ValueOf(map[reflect.Value][]reflect.Type{instead: ts})}})
	}
}
