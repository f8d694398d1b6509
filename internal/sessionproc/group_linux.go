package sessionproc

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
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

// terminateInterrupted terminates the processes of our process group that have been interrupted and have not ended after the grace.
func terminateInterrupted(grace time.Duration) {
	told := slices.DeleteFunc(groupMembers(), ignoresInterrupts)
	for end := time.Now().Add(grace); len(told) > 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
		left := groupMembers()
		told = slices.DeleteFunc(told, func(pid int) bool { return !slices.Contains(left, pid) })
	}
	for _, pid := range told {
		_ = unix.Kill(pid, unix.SIGTERM)
	}
}

// ignoresInterrupts reads the mask of ignored signals in the status of a process.
func ignoresInterrupts(pid int) bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(status), "\nSigIgn:")
	mask, _, _ := strings.Cut(rest, "\n")
	ignored, err := strconv.ParseUint(strings.TrimSpace(mask), 16, 64)
	return err == nil && ignored&(1<<(unix.SIGINT-1)) != 0
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
