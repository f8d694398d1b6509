//go:build !plan9 && !linux && !darwin && !freebsd && !openbsd && !netbsd && !windows

package stderrors

func errnos() []errno { return nil }
