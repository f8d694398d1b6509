//go:build race

package cmd_test

// buildFlags: under the race detector, so are the commands.
var buildFlags = []string{"-race"}
