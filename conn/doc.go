// Package conn connects two programs so that either can call the other's objects.
//
//	srv := &conn.Server{Config: conn.Config{Bind: func(c *conn.Conn) conn.Handler { return myHandler }}}
//	err := srv.ListenAndServe(ctx, "unix:///run/app/sock")
//
//	c, err := conn.Dial(ctx, "unix:///run/app/sock")
//	defer c.Close()
//	ret, err := c.Call(ctx, &conn.Request{Name: "greet", Body: conn.Message{Data: encoded}})
//
// # Model
//
// After the handshake both ends are alike: each may call, each may serve, each may hold references to the other's objects. A message is bytes, which
// are opaque here, and beside them the references that the bytes name by index (see Message). So the connection counts, finds and
// releases references without knowing a value; package netproxy writes values without knowing a table.
//
// A call that was started with Keep leaves its result at the peer, and further calls may name it, as target or in their messages, before
// it has returned: a chain of dependent calls costs one round trip. Calls run concurrently, except those of one lane (see Conn.NewLane). Calls
// made with a handler's context are nested in the call that it serves, go past lanes and limits on the number of calls, and so can nest to any depth up
// to a limit of their own.
//
// Small messages travel in frames, in one order for each direction. Larger bodies, and what OpenStream opens, travel beside them, in
// small pieces, and do not hold up calls.
//
// # Concurrency
//
// All methods of Conn, Pending, Ref and Server may be called by many goroutines at once. One goroutine reads frames; it never runs a handler and never
// waits for one. One goroutine writes them. An inbound call has a goroutine for itself while its handler runs. Close may be called anywhere, also in a handler, and takes about a second
// at most; Wait joins every goroutine of the connection and must not be called in a handler.
//
// # Who releases what
//
// A Ref is given back to the peer by Ref.Release, or by itself when nobody holds it any more; a result kept for pipelining by Pending.Release, likewise. An
// exported object stays in the table until the peer has given back as many references to it as it was sent; then its method Unreferenced, if it has one, is
// called once, and so it is for an object that was to be sent and was not. A Scope gives back what the calls of a part of the program have brought. A context that a handler hands out (see Inbound.HoldContext) is watched by the caller until it is used no more. The end of the connection releases everything. A Stream must be closed by both ends.
//
// Conn.Dump shows all that a connection holds, for people who look for a leak; with Config.Origins also where each reference came from.
//
// # Errors
//
// LostError: the connection ended, and whether the call may have run; it wraps ErrClosed after our own Close. CanceledError: we gave the call up; it
// wraps the context's cause. CallError: a connection, here or there, refused the call, and no handler has answered it. RefusedError: no handshake. ProtocolError:
// one end broke the rules. That a handler failed is no error here but Return.Failed, for the error is a value. What
// becomes of one-way calls is told to nobody: failures are counted (Stats.OneWayFailed) and logged where they happen.
//
// # Security
//
// A unix socket can be used by its own user only, by mode and by the peer's credentials. Plain tcp is confined to this machine, and needs a token or
// an explicit Insecure. With a token each end proves to the other that it knows it, without sending it; the rest of the conversation is not encrypted. What
// a peer may cost is bounded by Limits: what comes in is checked to be well-formed and within them before anything is built from it. What a peer may
// do is up to the Handler.
package conn
