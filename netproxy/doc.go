// Package netproxy lets a program use the Go values of another process as if they were its own, and the other way round at the same time.
//
//	c, err := conn.Dial(ctx, "unix:///run/app.sock")
//	app := netproxy.Root(c)                                            // what the peer offers
//	users, err := app.Get(ctx, "Users")                                // a proxy of the slice itself
//	err = users.Append(ctx, "lucy")                                    // changes it over there
//	last, err := netproxy.Index[string](ctx, users, -1)                // one round trip, by value
//	host, err := netproxy.Call[string](ctx, app, "Hostname")           // errors arrive like local ones
//	read, err := netproxy.Func[func(string) ([]byte, error)](ctx, app, "ReadFile")
//	_, err = read("/no/such/file")                                     // errors.Is(err, fs.ErrNotExist)
//	disk, err := netproxy.As[fs.FS](ctx, app)                          // any interface; the object has its methods
//	_, err = app.Call(ctx, "Each", func(line string) { … })            // runs here, called from there
//
//	cfg := conn.Config{Bind: netproxy.Serve(myService)}                // the serving side
//
// # What crosses, and how
//
// What Go copies is copied; what Go shares is shared.
//
// By value cross, with their types: numbers, strings, arrays, structs all of whose fields are exported (those of an embedded struct count), time.Time with its zone,
// and structs that marshal themselves as binary or text, by their own method or their pointer's. So do pointers to what everybody hands around as a
// value: *big.Int, *big.Rat, *big.Float, *url.URL, *regexp.Regexp, *time.Location, *net.TCPAddr and the other addresses of package net. What is behind
// fs.FileInfo, fs.DirEntry and net.Addr, and can do no more than these say, crosses as a snapshot: its methods then cost nothing, and the Info of a DirEntry is in it.
//
// By reference cross funcs, channels, pointers, structs with unexported fields, and whatever stands in an interface with methods (a result of type fs.FS, an element of a
// []flag.Value) if its type is not one that everybody knows: the other side gets a Proxy, or a func or an implementation where it wants one.
// So does an argument whose callee wants it for its methods and finds that a copy of it has none over there; asking for that costs a call that waits one more round trip.
//
// Slices and maps are copied where they are arguments, in typed results (Value, Call, Get, Index), and inside of other values; where they are
// the result of a dynamic operation they are references. Typed results copy what pointers point to as well. Share and Copy say otherwise for one value. nil stays nil, and empty stays empty.
//
// Where pointers are copied, those that are the same arrive as the same: lists of any length, trees and rings keep their shape. One map in two places of a value stays one map;
// slices of one array become slices of their own. A map or a slice that contains itself is refused.
//
// A proxy that goes back to where its object is becomes that object again: the same pointer, the same func, also inside slices, maps and structs. So does an error, for some
// time. A snapshot does not: it is a value.
//
// Where the type of a value is known at the receiving side (a parameter, a typed result), the value has to fit it. A number that does not is an error: 300 for an int8, 1.5 for an int, 1<<53+1 for a
// float64; a float64 may be rounded to a float32, but neither to infinity nor to 0. Structs are filled by the names of their fields, whatever their types are called:
// fields that are not sent stay zero, those that are not there are passed over. What cannot be had at all, such as a *os.File of the other side where the parameter is a *os.File, is
// refused by an error that says which argument it is, why, and what would do.
//
// Where it is not known (an any, a dynamic result), values keep their types if these are basic, data of the standard library, given to Register, or found by Options.Type, or
// composed of such. Otherwise a struct becomes a Record, and others what they are made of: a Level(3) becomes an int, a []Level a []any. So it is with a value in
// which something stays at the other side: a []*T becomes a []any of proxies. A ring of an unknown type, in a Copy, brings its types along.
//
// # What a callee changes
//
// The funcs of Func and Bind, the methods of interfaces, and Call[T] are typed calls. They lend their callee the slices, maps and pointers to plain data among their arguments, wherever these
// stand: it works on copies, and what it has changed is changed here when the call returns, with an error or without. Changes are sent, and nothing else: of a slice the elements that differ.
//
//	sort.Ints(xs)   json.Unmarshal(data, &v)   fmt.Sscan(s, &a, &b)   maps.Copy(m, more)   io.ReadFull(r, buf)   // of the other side
//
// leave what they leave at home. What is one here is one there: a pointer given twice, overlapping slices, &xs[2] beside xs, a map in two places. A result that is a part of what was lent is that
// part. As in Go, what is appended to a slice is the callee's, and a nil map cannot be filled.
//
// Callbacks find what the callee has done so far, and the callee finds what they have done. So sort.Slice(xs, less) sorts over there with a less that looks at xs here. Each callback compares all
// that was lent with how it was: with 1,000 elements that adds nothing that one would notice to the time of a callback, with 100,000 some 100 µs. Once several goroutines of the callee have been in
// callbacks at once, only what holds no pointers is brought up to date; the rest comes with the return.
//
// A call that panics changes nothing but what its callbacks were shown, nor does one that is given up or lost; and nothing is ever written here after the call has returned. What a callee keeps
// beyond its return is a copy. Methods that marshal what is lent are called whenever it is compared, which nothing else of the call goes on beside: they must not call
// the other side. Where it has a *Proxy or an interface with methods for a parameter, it gets a pointer by reference. Share and Copy lend nothing, nor do the dynamic
// operations. Of a type whose methods count over there, say UnmarshalJSON, both sides have to know the name.
//
// # Contexts
//
// A context.Context among the arguments of a typed call, in whatever place, crosses as its deadline and its end, with the cause: over there context.Cause is, or wraps, the same error. Its values do not
// cross, and there is one to a call: Call takes it among its arguments, too, and ends with both. It ends when its owner ends it, not when the call returns, so that exec.CommandContext(ctx, …) works from afar. The dynamic operations pass theirs on to a
// callee that has a parameter for it. A call that waits is given up at once, except while its arguments are being written into the message, which takes a tenth of a
// second for 100 MB of data. Calls that are made while a call is served, without a context of their own, end when that is given up.
//
// # Operations
//
// A Proxy has the operations of Go: Get, Set, Call, Index, SetIndex, Append, Delete, Len, Send, Recv, CloseSend, Elem, All. They work on variables: Append to a field changes
// the field. Each costs one round trip, unless the proxy is a copy. Pipelined, and the operations of package async, do not wait for theirs. Notify waits for nothing: what
// comes of the call is not sent back, and a failure is counted and logged at the other side.
//
// conn.Stats counts round trips. StartProfile names the lines of a program that wait for more of them than they need, and says what to write instead.
//
// A proxy may be handed on to a third peer, and to a fourth, and works there like any other: calls, callbacks, cancellation, errors and iterations go by way of
// those who handed it on, in the order in which they were made, and what is pipelined stays so. The error of a peer in the middle that has lost the next one says so
// (errors.As finds the *conn.LostError), and an object that comes home by whatever way is the original.
//
// # Interfaces
//
// Wherever an interface with methods is wanted and an object of the other side arrives (As, a typed result, a parameter, a field, an element), it becomes an implementation
// whose methods are carried out by the object. The standard library's interfaces and one's own are alike; nothing is registered. Signatures are compared at once. The value has
// besides, of the interfaces that the standard library asks for by type assertions, those that the object has: of a file io.ReaderAt and fs.ReadDirFile, of a
// handler's writer http.Flusher. fmt prints a value by its String if the object has one, which is a call, and otherwise without one.
// What an object must not wait for belongs into a context, which any method may have in front. An interface with unexported methods is refused.
//
// Values of one interface made of one object are equal. One that goes home is the object; ProxyOf returns the Proxy. Results are copies even where a map or slice
// is meant to be changed by the caller, but for the Header of an http.ResponseWriter, which works as it does here.
//
// *http.Request and *http.Response arrive as such, with bodies that are read from the other side; a request's context ends there as it does here, and the rest of it but
// TLS and MultipartForm is copied. So do slog.Record and slog.Value. Elsewhere, a pointer to a struct with unexported fields cannot be what it points to.
//
// On amd64 and arm64 the types of implementations are made at run time. Elsewhere, or for stacks that read better, they are generated:
//
//	//go:generate go tool rgo-wrap -type Store
//
// writes one for the interface Store of the package, and registers it (RegisterImplementation).
//
// # Bulk data, channels, sequences
//
// io.Copy from or to a reader or writer of the other side goes over a stream of its own, as fast as the connection is, and no faster than the writer: an object that has
// Read has WriteTo here, one that has Write has ReadFrom. Errors of both ends arrive as io.Copy would return them. What the side of the reader had read ahead when the
// writer failed is lost. Between two objects of one peer, the bytes stay there; between two peers, they go from stream to stream. A Read by itself is a round
// trip, and takes what it asks for; for small ones there is Streamed.
//
// A channel of the other side can be a <-chan T or a chan<- T here: values in order, close, select, and full buffers that hold the sender up. It has the capacity of the
// one over there, and takes values ahead: as many as it has room for and one in hand, to receive; to send, twice as many and one. So a send on an unbuffered channel does not say that
// somebody has received. A chan T in both directions cannot be made of one; the original is one again where it comes home. When the
// connection is lost, a channel to receive from is closed (Conn.Err tells it from a close), and one to send on blocks, as if nobody received: select on
// Conn.Context().Done(). Values taken ahead are lost then, and when nobody holds the channel any more.
//
// An iter.Seq or iter.Seq2 of the other side is one here. Its elements come in pages that grow from one element on while the loop keeps up, and are on their way while the loop works,
// so that the producer is up to some two thousand steps ahead; elements are sent as they are when they are yielded. Leaving the loop stops the producer, whose deferred calls have run
// then, unless it is busy between two elements for more than a tenth of a second. A sequence has no error to return: the loop panics with the error, which is a *PanicError if the producer
// has panicked. Proxy.All yields errors instead.
//
// # Concurrency
//
// Everything may be used by many goroutines at once. Calls of the peer run concurrently, each in its own goroutine; nothing here locks the objects that they
// use, so these must be as safe as any that are used by several goroutines. Calls nested in each other to and fro work to any depth that the connection allows.
//
// # Who releases what
//
// A reference is given back when the garbage collector finds its Proxy, or what was made of it, unused, or at once by Proxy.Release, or at the end of a scope:
//
//	ctx, end := netproxy.Scope(ctx)                                    // what these operations bring is given back,
//	defer end()                                                        // except what is passed to netproxy.Keep
//
// What came by way of a third peer is given back to its owner when the peer in the middle has found out likewise: that one's collection, too, decides when.
//
// Whoever uses what was released gets ErrReleased. References of a connection that has ended fail with its error, for good.
//
// An object that the peer holds stays alive until it is given back, or until the connection ends. To be told: a pointer to a type with a method Unreferenced()
// has it called; OnRelease(x, f) gives x out and has f called once when no peer holds it any more; CloseOnRelease(x) closes x then. That an object has a
// method Close alone means nothing.
//
//	func (s *Service) Open(name string) (any, error) {
//		f, err := os.Open(name)
//		return netproxy.CloseOnRelease(f), err                     // if the other side forgets to
//	}
//
// What never goes is found with conn's Dump: a table of all that a connection holds, what it is, how many of each kind and since when; with
// Config.Origins also which call, from which line, each of them came with.
//
// # Errors
//
// An error that the callee returns is a *RemoteError with the same text, unless it is a well-known one such as io.EOF, which is itself. errors.Is and errors.As see
// through it, along all that it wraps there: Is finds every error variable of the standard library, As every error type of it, with its fields.
//
//	_, err := netproxy.Call[fs.File](ctx, app, "Open", "/no/such/file")
//	errors.Is(err, fs.ErrNotExist)               // true
//	var path *fs.PathError
//	errors.As(err, &path)                        // true: path.Op, path.Path, path.Err
//	fmt.Printf("%+v", err)                       // with the stack of each peer on its way
//
// As also finds what an error can do, whatever its type is: Timeout and Temporary of a net.Error, RuntimeError. A type assertion, and os.IsNotExist and its like, which make one, look at
// the RemoteError alone.
//
// RegisterError and Options.Sentinels add error variables; Register and Options.Type add error types: those whose fields are all exported, or that write themselves as
// binary, text or JSON. An error of any other type keeps its text (64 KiB of it), and what it wraps. All of it is kept by peers that pass an error on, whether they know the type or not. An error that
// comes home is the original, for some time.
//
// A panic of the callee is a *PanicError with the value given to panic and the stack; what a nil map or an index out of range panics with is a runtime.Error here, too. A callee that ends
// its goroutine (runtime.Goexit, FailNow of a test) ends the call with ErrGoexit. A func made of a remote one that has no error among its results panics with the error of the call.
// Options.HideStacks keeps the stacks from the peer.
//
// Operations that cannot be carried out wrap ErrMember, ErrElement, ErrArgument or ErrUnsupported. The errors of the connection are those of package conn. Where the connection between
// two other peers was lost, on the way of a call, errors.As finds the *conn.LostError of these.
//
// # Security
//
// Whoever may use an object may use everything that can be reached from it: its exported fields and methods, what these return, and so on. Offer an object made for
// the purpose, or a Facet: some methods of an object (Narrow), or some members (Only), until a time (Until) or until it is taken back (Revoke).
//
//	func (s *Store) Log() any { return netproxy.Narrow[io.Reader](s.file).Until(time.Now().Add(time.Hour)) }
//
// What is not granted does not exist for the peer; the errors wrap ErrDenied and say which facet refused. Fields with the tag `rgo:"-"` are for no peer. Different peers can
// get different roots, for Options.Root is told whose connection it is; a Namespace answers for its members itself.
//
// A peer in the middle sees what passes through it. What arrives is decoded into types that are asked for or known, and never into more than its bytes can fill.
package netproxy
