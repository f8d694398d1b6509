// Package reify makes the checker's types real: for every type of go/types there is one of reflect, which has its name, memory and methods.
//
//	ts := reify.New(reify.Config{Known: importer.Reflect, Method: machine.Method})
//	t := ts.Of(v.Type())        // %T of a value of it prints what compiled Go prints
//	sel, ok := ts.Lookup(t, "String", "") // which of the session's methods that is
//
// Types that compiled code has are those very types. Types of the session that reflect can make are made by it, as it would for compiled
// code; the rest by package rtype.
//
// # How a type is made
//
// Of makes whatever is new in a batch. A defined type is declared first: it has its final name and memory then, so that other types can
// be made of it, itself included. What it is made of and its methods are filled in after that, one declared type after the other, until
// nothing is left to do. Its memory is that of its layout: a type in which all that is behind a pointer is replaced by what looks alike.
// So layouts end where recursion begins, and no type is asked for its size before it has one.
//
// If a part of the batch cannot be made, nothing of it is kept, and Of panics with an *Error.
//
// # Methods
//
// A method in the runtime's tables is called with the receiver in a word. Here that becomes a pointer to a value of the receiver's type,
// and the call goes on to what Config.Method says, asked at the first call.
//
// A Types may be used concurrently. No lock is held while a method runs or is asked for.
package reify
