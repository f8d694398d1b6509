// Package stub makes types whose methods are funcs given at run time, so that something that is elsewhere can be used as a value of any interface.
//
//	var things = stub.Factory[Thing]{PkgPath: "example.com/things"}
//	t, err := things.Make("things.Reader", []stub.Method[Thing]{{Name: "Read", Type: readType, Body: read}})
//	r := things.New(t, thing).Interface().(io.Reader) // r.Read(buf) calls read(thing, args)
//
// A value of such a type is a struct of one pointer to the thing and nothing else: two values are equal, and one key of a map, if their types and
// things are.
//
// Methods are entries of the pool of package rtype, which is finite. The code of a method gets the thing as its receiver, so one entry serves every
// type that has a method of that name, type and key. Types stay for good: who makes them on behalf of somebody else has to bound their number.
//
// Everything may be used concurrently.
package stub
