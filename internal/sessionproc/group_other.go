//go:build unix && !linux

package sessionproc

import "time"

// endGroup leaves the group to the parent, which kills it when the session has ended.
func endGroup(time.Duration) {}
