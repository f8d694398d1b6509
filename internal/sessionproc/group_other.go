//go:build unix && !linux

package sessionproc

import "time"

// endGroup leaves the group to the parent, which kills it when the session has ended.
func endGroup(time.Duration) {}

// terminateInterrupted leaves those that do not end when interrupted to their own devices: they end with the session.
func terminateInterrupted(time.Duration) {}
