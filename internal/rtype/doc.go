// Package rtype makes types at run time that reflection, the runtime and compiled code cannot tell from compiled ones.
//
//	d, err := rtype.Declare(rtype.Spec{Name: "main.Point", PkgPath: "main", Defined: true, Layout: layout, Methods: 1, PtrMethods: 1})
//	d.SetFields([]rtype.Field{{Name: "X", Type: reflect.TypeFor[int]()}})
//	d.SetMethods(onValue, onPointer)
//	point := d.Type() // %T prints main.Point; it satisfies fmt.Stringer if its methods say so
//
// reflect makes unnamed types (SliceOf, MapOf, FuncOf, most of StructOf). This package makes the others: defined types of every kind, types
// with methods, interfaces with methods, structs with embedded fields. It writes what the compiler writes: the records that package
// reflect and the runtime read. They belong to one Go release; Supported says whether the running one is known, by reading records of
// compiled types and making one of its own.
//
// # Order
//
// A type is declared first and completed later, so that types may be recursive. What is declared has its final size, alignment, pointers,
// name and comparability at once, taken from a layout: a type of the same kind and the same memory that reflect could make. That is all
// that reflect looks at when it makes slices, arrays, maps, structs and funcs of it. Only when all types that belong together are complete
// may there be values of them.
//
// # Methods
//
// The code of a method is an entry of a pool, a few instructions of assembly that jump to a func made by reflect.MakeFunc. The pool is
// finite and so are the methods of a process: NewEntry reports ErrPool.
//
// # Lifetime
//
// Interface values do not keep their types alive and neither do the runtime's tables of methods, so types made here stay for good, as
// reflect's do. Frame is the exception: a type that only says where pointers are, and, unless it is large, lives as long as somebody
// holds it.
//
// All funcs may be called concurrently; a Draft belongs to one goroutine.
package rtype
