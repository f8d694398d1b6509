// Package rpyc measures RPyC, which rgo compares itself with, where a python3 with it is at hand.
//
//	each, err := rpyc.Callback(ctx, 1000)     // the time of a callback inside a call; errors.Is(err, rpyc.ErrAbsent) without RPyC
package rpyc

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

//go:embed measure.py
var script string

// ErrAbsent says that there is no RPyC on this machine.
var ErrAbsent = errors.New("rpyc: there is no python3 with RPyC here")

// Callback measures a callback from inside a call, over a unix socket.
func Callback(ctx context.Context, n int) (time.Duration, error) { return run(ctx, "callback", n, "-") }

// Call measures a call of a func that the client holds, over a unix socket.
func Call(ctx context.Context, n int) (time.Duration, error) { return run(ctx, "call", n, "-") }

// List measures the listing of a directory as RPyC's remote_ls does it. The server listens on the unix socket server, and the client
// dials client: what lies between them is the caller's.
func List(ctx context.Context, server, client, dir string) (time.Duration, error) {
	return run(ctx, "ls", 0, "through:"+server+":"+client+":"+dir)
}

func run(ctx context.Context, what string, n int, arg string) (time.Duration, error) {
	python := "/usr/bin/python3" // the system's own has the system's packages
	if _, err := os.Stat(python); err != nil {
		if python, err = exec.LookPath("python3"); err != nil {
			return 0, ErrAbsent
		}
	}
	cmd := exec.CommandContext(ctx, python, "-c", script, what, strconv.Itoa(n), arg)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if strings.TrimSpace(stderr.String()) == "absent" {
			return 0, ErrAbsent
		}
		return 0, fmt.Errorf("rpyc: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return 0, fmt.Errorf("rpyc: %w", err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}
