// Package front compiles the inputs of a session to SSA.
//
//	f := front.New(front.Config{Importer: importer, Packages: byName})
//	prog, err := f.Compile("in1", `h, err := os.Hostname()`)
//	for _, u := range prog.Units { … load u.SSA, call u.Init, call u.Entry … }
//	f.Commit(prog) // or f.Discard(prog)
//
// # Mental model
//
// An input is any mixture of declarations and statements, or a whole file with a package clause. Each is a package of its own, whose
// path is main: what earlier inputs have declared is visible in it as if imported with a dot, unexported names included. Nothing is
// checked twice.
//
// The passes, each in a file of its own:
//
//	source    the text is split in stretches of declarations and of statements, which are parsed
//	sort      what the input declares; statements that declare a name a second time get a scope of their own
//	check     go/types, over the declarations and one func, the entry, whose body is the statements. Their names mean what they would
//	          mean in any func: an earlier statement does not see what a later one declares. Funcs see the variables of all statements;
//	          types, constants and funcs hold for the whole input
//	scope     what the input mentions of the session, of packages imported before, and of packages that need no import
//	methods   those of types that earlier inputs have declared
//	results   the values of the last expression are what the entry returns
//	variables those of the statements' top level become the package's own; declared again with the same type, they are the ones there were
//	package   what is declared moves into the unit's own package
//	order     operands are evaluated in the order that compiled code has (a package of its own)
//	link      what the code refers to in other packages
//	build     SSA
//	close     what only the checker needed is let go of
//
// Four things are taken from go/types that it does not promise: when it imports and when it checks the bodies of funcs (check.go), where it
// keeps the methods of a type (named.go), and the codes of its errors (diagnose.go). The goldens in testdata fail if one of them changes.
//
// In SSA, functions and variables of other units and of compiled packages have no body; their Object is the very types.Object that
// the unit which declared them has, or the importer's. Generic code of other units is there with its body, as source.
//
// # Who releases what
//
// A Program must be given to Commit or to Discard before the next Compile. A Front holds on to the objects that names stand for now, and
// generic declarations hold on to their syntax; nothing else of an input is kept here.
//
// # Errors
//
// What is wrong with an input comes as an ErrorList, in the order of the text. The session is then as it was.
//
// A Front is not safe for concurrent use, and as declaring a method changes the type it belongs to, nobody else may look at types of
// the session during Compile, Commit and Discard.
package front
