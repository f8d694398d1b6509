// Package symbols holds the standard library as tables of names and values.
//
//	table, ok := symbols.Lookup("os")
//	table["Getenv"].Call([]reflect.Value{reflect.ValueOf("HOME")})
//	table["Args"].Index(0).SetString("me") // the very os.Args of this process
//
// The interpreter takes its packages from here, its checker their types, and a peer the modules it offers. The tables are
// generated for the Go release named by Release; names that no table can hold are listed by Generic.
//
// Everything here may be used concurrently. Tables are built at first use and never change.
package symbols
