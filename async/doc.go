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
//	infos, err := async.Each(ctx, 100, names, func(name string) *async.Promise[fs.FileInfo] {
//		return async.Call[fs.FileInfo](async.Of(ros), "Stat", name)   // 100 of them under way at a time
//	})
//
//	err = files.Notify("Log", "done")                         // nobody waits for it
//	line := files.With(ctx)                                   // all that is begun on line ends with ctx
//
// A Result is made by whoever carries operations out (netproxy does) and starts as not ready. It becomes ready exactly once, with a value or an
// error, and stays so. An operation on a Result may be begun before it is ready, may use other Results as arguments, and is a Result in turn; if a Result
// that it stands on fails, it fails with the same error, and what does not stand on that goes on.
//
// A Promise[T] is a Result that will be a T and nothing else. Call, Get, Index and Recv ask for that with the operation, so that slices, maps and what
// pointers point to come by value in the same reply; nothing can be begun on a Promise.
//
// A Handle is a line of work: operations begun on one Handle, or on one Result, start in the order in which they were begun. Two Handles on the same object are independent of
// each other. With binds a line, and what is begun on its results, to a context; Within gives each operation its own time. Both make another Handle on the
// same line.
//
// All waits for all and ends with the first error; Any waits for the first success; Settle waits for every outcome; AsReady tells outcomes as they come. Each and
// EachReady begin an operation for each of many items, so many at a time. Whoever ends early (All, Any and Each, by an error, a success or their
// context) cancels what is still under way, over there too, and returns what was there by then. Go makes a Promise of any func, to stand beside the others.
//
// Handles, Results and Promises may be used by many goroutines at once. They hold nothing that must be given back: one that is dropped is
// forgotten when its operation ends, and the operation itself is not cancelled by that. Cancel does: the Result fails at once, and the context of the callee ends.
//
// Errors are those of the maker of the Result; a wait that its context ends returns the context's cause. ErrMismatch is wrapped by Value for a
// value that is not of the type asked for; Each says in an *ItemError which item failed. What fails behind a Notify is counted and logged where it happens.
package async
