// Package interp runs Go code that is given as text: in a session here, or in the session of a peer.
//
//	c, err := conn.Dial(ctx, "unix:///run/user/1000/rgo/rgo.sock")
//	there := interp.On(c)                                          // the session at the other end
//	err = there.Execute(ctx, `fmt.Println("hello from", runtime.GOOS)`, interp.Stdout(os.Stdout))
//	v, err := there.Eval(ctx, `map[string]int{"a": 1}`)            // a proxy; netproxy.Value gives the map
//	err = there.Set(ctx, "notify", func(line string) { fmt.Println(line) })
//	err = there.Execute(ctx, `notify("runs there, prints here")`)
//	host, err := netproxy.Call[string](ctx, there.Module("os"), "Hostname")
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
// declarations, expressions, or a whole file. It is parsed and checked with go/types first; if anything is wrong, nothing of it has
// run and the session is as it was. Standard packages need no import where their name is unambiguous. An input's values are those of its last
// expression, with their static types.
//
// Remote is the same for the session of a peer. Its standard streams travel on bulk streams of the connection while the code
// runs. Module gives a package of the other side as a proxy: its funcs can be called, its variables read and set, whether or not
// any code runs.
//
// Under the front-end works yaegi, which is an interpreter of most of Go. Most of what it gets wrong is lowered to something that it gets right, or refused
// with an error at the line that needs it. Not all yet: compiled code does not see the methods and names of a session's types inside containers, so
// that fmt prints the plain values there and encoding/json ignores their MarshalJSON.
//
// # Concurrency
//
// Sessions and Remotes may be used by many goroutines. Inputs are compiled one at a time and run at the same time. What they do to
// the same variables is theirs to synchronise, as in any Go program.
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
package interp
