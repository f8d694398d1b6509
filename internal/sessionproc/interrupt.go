package sessionproc

import (
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// heeding is how long the code's processes have to end when they are interrupted.
const heeding = time.Second

// Interrupt gives the processes that the code has started what a Ctrl-C at a terminal gives them: it implements interp.Interrupter. It returns when they have
// ended, or, after a second, have been told to end. What ignores interrupts, as all do that a shell runs in the background, is left alone.
func (s *Streams) Interrupt() {
	if unix.Getpgrp() != os.Getpid() {
		return // the group is not ours
	}
	// The signal goes to the group at once: a shell that gets it, and whose child does not, waits for that child. This process is of the group, and takes no
	// notice. Code that has asked for the signal gets it, too.
	own := make(chan os.Signal, 1)
	signal.Notify(own, unix.SIGINT)
	defer signal.Stop(own)
	if unix.Kill(-os.Getpid(), unix.SIGINT) != nil {
		return
	}
	<-own
	terminateInterrupted(heeding)
}
