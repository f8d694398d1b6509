//go:build !unix

package conn

import "os/exec"

// deaf is the command that runs words. On this system a console's Ctrl-C reaches it, too.
func deaf(words []string) (*exec.Cmd, error) { return exec.Command(words[0], words[1:]...), nil }
