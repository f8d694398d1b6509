// Package order settles the order in which the operands of a statement are evaluated where the language leaves it open, as the gc compiler does.
//
//	order.File(file, info, pkg) // before SSA is built of it
//
// # Mental model
//
// The language orders calls, receives, && and || of a statement among themselves, but not among them the reading of variables. With
//
//	fmt.Println(x, f())
//
// where f changes x, compilers may print either x. SSA is built from left to right; gc makes all calls first, each into a temporary, and reads what is
// left of the expressions after that. So the statement becomes
//
//	t := f()
//	fmt.Println(x, t)
//
// Three kinds of expressions matter:
//
//	settled   what gc evaluates when it comes to it: calls and receives; also builtins, slices, type assertions, && and ||, literals of maps,
//	          []byte(s), and values that are copied to become those of interfaces
//	operand   what it leaves where it is: variables, fields, elements, *p, string(b), a / b …
//	parts     what is made of these (a + b, T{a, b}), and is left where it is, too
//
// A statement is gone through twice: the first time nothing is changed, and it is only found out whether an operand stands before a settled expression that
// may change it, or that would no longer come to happen if the operand were to fault. Few statements go through the second time, in which all that is settled
// goes into temporaries. Variables that nothing but their own function can get at are not operands, as calls cannot change them.
//
// Left as they are: the expressions of cases of switch and select, and the first values of package-level variables. Nor is it
// followed that gc puts a call into the literal of a map sooner when it has inlined it, and its result is a constant.
//
// The second thing that this package knows is that for range over an array does not evaluate it if only its length is needed (ranges.go).
//
// Expressions stay the same nodes, so that what the checker has found out about them holds. The result is for ssa only: blocks stand where Go's grammar
// has no place for one.
//
// The table in package front's testdata/order holds all this against what compiled code does.
package order
