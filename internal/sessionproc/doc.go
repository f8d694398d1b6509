// Package sessionproc runs each session in a process of its own.
//
// A command that offers sessions calls Main before anything else, and later starts one process for each connection:
//
//	func main() {
//		if code, ok := sessionproc.Main(); ok {
//			os.Exit(code) // this process was started as a session, and has ended as one
//		}
//		...
//		p, err := sessionproc.Start(sessionproc.Spec{Socket: file, State: state})
//		how := p.Wait() // how it ended: its exit status, the signal, the last words of a crash
//
// Stdio does the same on this process's own standard input and output, for rgo-server --stdio.
//
// # Mental model
//
// The parent accepts and authenticates, then gives the descriptor itself away: the session process speaks with the peer directly. Parent and
// session share one more socket, the control channel. The parent asks over it for an orderly end, the session says why it ended; its closing
// tells each of them that the other is gone.
//
// Inside a session process descriptors 0, 1 and 2 are not the protocol, whatever they were when it started: they are pipes, so that all that is
// written there, by the interpreter, by compiled code, by child processes, reaches the peer as output of the run under way, and
// nothing can disturb the protocol. What the Go runtime says when it crashes goes to the parent (see Exit.Crash).
//
// When the peer interrupts a run, the processes that code has started in the session's process group are interrupted too, as at a terminal.
//
// A session ends with its connection, with its parent, or when its code calls os.Exit; the processes that its code started in its process
// group end with it.
//
// # Concurrency
//
// The methods of Process and of Streams may be called from any goroutine. Streams of runs that overlap belong to the process, not to a run: what is written to a
// descriptor goes to the run that began last.
//
// # Ownership
//
// Start duplicates Spec.Socket; the caller still closes its own. A Process holds two descriptors and three goroutines until Wait returns.
//
// # Security
//
// A session process is not a sandbox: it has all the rights of the account that started it. What it does contain is crashes, memory, the working
// directory, the environment, and output. Credentials of the parent that stand in its environment (RGO_TOKEN) are not handed down.
package sessionproc
