package sessionproc

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// endGroup ends the processes that code started and left in our process group: it asks them, waits for at most grace, and then kills them.
func endGroup(grace time.Duration) {
	if unix.Getpgrp() != os.Getpid() {
		return // the group is not ours
	}
	others := groupMembers()
	for _, pid := range others {
		_ = unix.Kill(pid, unix.SIGTERM)
	}
	for end := time.Now().Add(grace); len(others) > 0 && time.Now().Before(end); others = groupMembers() {
		time.Sleep(10 * time.Millisecond)
	}
	for _, pid := range others {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}

// groupMembers are the living processes of our process group, without ourselves.
func groupMembers() []int {
	names, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, n := range names {
		pid, err := strconv.Atoi(n.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if stat, err := os.ReadFile("/proc/" + n.Name() + "/stat"); err == nil && alive(stat, os.Getpid()) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// alive reads "pid (name) state ppid pgrp …"; the name may hold anything, even a parenthesis.
func alive(stat []byte, group int) bool {
	f := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(f) < 3 || string(f[0]) == "Z" || string(f[0]) == "X" {
		return false
	}
	pgrp, err := strconv.Atoi(string(f[2]))
	return err == nil && pgrp == group
}
