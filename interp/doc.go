// Package interp runs Go code that is given as text: in a session here, or in the session of a peer.
//
//	c, err := conn.Dial(ctx, "unix:///run/user/1000/rgo/rgo.sock")
//	there := interp.On(c)                                          // the session at the other end
//	err = there.Execute(ctx, `fmt.Println("hello from", runtime.GOOS)`, interp.Stdout(os.Stdout))
//	v, err := there.Eval(ctx, `map[string]int{"a": 1}`)            // a proxy; netproxy.Value gives the map
//	err = there.Set(ctx, "notify", func(line string) { fmt.Println(line) })
//	err = there.Execute(ctx, `notify("runs there, prints here")`)
//	host, err := netproxy.Call[string](ctx, there.Module("os"), "Hostname")
//	err = there.RunPackage(ctx, interp.Package{Root: "/src/tool", Dir: "cmd/tool"}, interp.Stdout(os.Stdout))
//
//	srv := interp.NewServer(interp.Options{})                      // a live shell inside this process
//	err = srv.ListenAndServe(ctx, "unix:///run/app.sock")
//
//	s, err := interp.NewSession(interp.Options{Stdout: os.Stdout}) // or no peer at all
//	values, err := s.Run(ctx, interp.Input{Source: "x := 6; x * 7"})
//
// # Mental model
//
// A session has variables, funcs, types and imports, to which each input adds. An input is anything Go has, in any mixture: statements,
// declarations, expressions, or a whole file. It is checked by go/types and compiled first; if anything is wrong, nothing of it has
// run and the session is as it was. Standard packages need no import where their name is unambiguous. An input's values are those of its last
// expression, with their static types.
//
// What is declared again with the same type takes the place of what there was: funcs that were compiled before see the new func, the new method, the new
// value of the variable. With another type it is something new of the same name: what was compiled before keeps the old one, as values keep an old type.
//
// A Package is source that is run as a whole, apart from the inputs: RunPackage runs a program of several files and packages, TestPackage the tests of a package. Inputs can
// import packages of source, too: see Options.Source.
//
// Remote is the same for the session of a peer. Its standard streams travel on bulk streams of the connection while the code
// runs. Module gives a package of the other side as a proxy: its funcs can be called, its variables read and set, whether or not
// any code runs.
//
// Values of the session's code are Go values like any other, with the memory and the types that the compiler would give them, so that they can go anywhere: its funcs
// are funcs, its goroutines goroutines, its types have their names and methods for fmt, encoding/json or errors.As. How that is done say the packages behind it, in
// this order: internal/check (the compiled packages for go/types), internal/front (an input to SSA), internal/load (packages of source), internal/reify (types at run
// time), internal/vm (SSA to closures). What differs from compiled Go stands in DIALECT.md.
//
// # Concurrency
//
// Sessions and Remotes may be used by many goroutines. Inputs are compiled one at a time and run at the same time. What they do to
// the same variables is theirs to synchronise, as in any Go program. Goroutines that an input has started may outlive it. They belong to its run: interrupting another
// one does nothing to them, closing the session ends them.
//
// # Who releases what
//
// Close ends a session. A session of a NewServer is closed with its connection. Values of Eval are proxies: see package netproxy.
//
// # Errors
//
// Run and its kin return *CompileError, *PanicError, *ExitError, or an error that wraps ErrInterrupted and the cause of the context that has
// ended; at a peer, the errors of packages conn and netproxy besides.
//
// # Security
//
// Offering a session is offering the account that the process runs as: there is no sandbox, and none is possible here. Offer sessions only where the
// account's owner is the only one who can connect.
//
// Less can be offered. With Options.Grant a peer can use packages and not run code, and with Options.Packages there are only some packages, for code and for
// peers; what is not granted does not exist, and the errors, which wrap netproxy.ErrDenied, say which rule refused. With one of reflect, unsafe, syscall, os/exec or plugin
// among the packages that is the whole account all the same, with os all its files; and nothing bounds time or memory. Where a peer is not trusted, offer an object
// made for it (package netproxy) instead of a session.
package interp
