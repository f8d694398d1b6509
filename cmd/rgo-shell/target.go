package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rgo-project/rgo/cmd/internal/local"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/sessionproc"
)

// opener begins a session.
type opener func(context.Context) (peer, error)

// opener says how to begin a session at the target.
func (inv *invocation) opener() (opener, error) {
	cfg := conn.Config{Name: "rgo-shell", Token: os.Getenv("RGO_TOKEN"), HandshakeTimeout: time.Duration(inv.timeout)}
	if inv.tokenFile != "" {
		var err error
		if cfg.Token, err = local.ReadToken(inv.tokenFile); err != nil {
			return nil, fmt.Errorf("--token-file: %w", err)
		}
	}
	if !strings.HasPrefix(inv.target, "tcp:") {
		cfg.Token = "" // the other targets know the user by other means, and would refuse one who asks them for a token
	}
	if inv.target == "" {
		return func(ctx context.Context) (peer, error) { return embedded(ctx, cfg) }, nil
	}
	return func(ctx context.Context) (peer, error) {
		d := conn.Dialer{Config: cfg}
		c, err := d.Dial(ctx, inv.target)
		if err != nil {
			return nil, hint(inv.target, cfg.Token, err)
		}
		return newSession(c, nil), nil
	}, nil
}

// embedded starts a session process of this executable and shakes hands with it, as with any other peer.
func embedded(ctx context.Context, cfg conn.Config) (peer, error) {
	proc, nc, err := sessionproc.Embedded()
	if err != nil {
		return nil, err
	}
	c, err := conn.Client(ctx, nc, cfg)
	if err != nil {
		nc.Close()
		proc.Kill()
		return nil, fmt.Errorf("%w (the session process: %s)", err, proc.Wait())
	}
	return newSession(c, proc), nil
}

// hint adds what to do about an error of dialling.
func hint(target, token string, err error) error {
	var refused *conn.RefusedError
	switch {
	case strings.HasPrefix(target, "tcp:") && token == "" && errors.As(err, &refused):
		return fmt.Errorf("%w (no token was given here: --token-file FILE or $RGO_TOKEN does)", err)
	case target == local.Target():
		return fmt.Errorf("%w (is rgo-server running? without a target, rgo-shell needs none)", err)
	}
	return err
}
