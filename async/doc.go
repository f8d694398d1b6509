// Package async is the promise: an operation under way, its result once it is there, and more operations begun on that result before it is.
//
//	files := async.Of(ros)                                    // ros is a *netproxy.Proxy
//	r := files.Call("Open", "/etc/hosts").Call("Stat").Call("Size")
//	r.OnReady(func(r *async.Result) { log.Print("answered") })
//	size, err := async.Value[int64](ctx, r)                   // the whole chain is one round trip
//
//	a, b := async.Of(x).Call("Sum"), async.Of(y).Call("Sum")  // two lines of work, at the same time
//	sums, err := async.All(ctx, a, b)
//
// A Result is made by whoever carries operations out (netproxy does) and starts as not ready. It becomes ready exactly once, with a value or an
// error, and stays so. An operation on a Result may be begun before it is ready, may use other Results as arguments, and is a Result in turn; if a Result
// that it stands on fails, it fails with the same error.
//
// A Handle is a line of work: operations begun on one Handle, or on one Result, start in the order in which they were begun. Two Handles on the same object are independent of
// each other.
//
// Handles and Results may be used by many goroutines at once. A Result holds nothing that must be given back: one that is dropped is
// forgotten when its operation ends, and the operation itself is not cancelled by that. Cancel does.
//
// Errors are those of the maker of the Result; a wait that its context ends returns the context's cause. ErrMismatch is wrapped by Value for a
// value that is not of the type asked for.
package async
