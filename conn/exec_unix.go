//go:build unix

package conn

import "os/exec"

// deaf is the command that runs words with SIGINT ignored. A Ctrl-C at a terminal goes to all its foreground processes, but is meant for the one
// who uses the connection: ssh would die of it, and the connection with it. Only a shell can start a process so without a moment in which this
// process itself is deaf; ssh and Go programs leave the signal ignored when they were started with it ignored.
func deaf(words []string) (*exec.Cmd, error) {
	path, err := exec.LookPath(words[0])
	if err != nil {
		return nil, err
	}
	return exec.Command("/bin/sh", append([]string{"-c", `trap '' INT; exec "$@"`, words[0], path}, words[1:]...)...), nil
}
