package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/rgo-project/rgo/cmd/internal/local"
)

// about is asked of a new session, so that the user knows where code will run, and as whom.
const about = `func() string {
	who := "uid " + strconv.Itoa(os.Getuid())
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("%s %s/%s on %s, process %d, as %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, host, os.Getpid(), who)
}()`

// banner greets in two lines.
func banner(p peer, target string) string {
	if target == "" {
		target = "a session process of its own"
	}
	text := fmt.Sprintf("rgo %s, %s. Ctrl-C interrupts, Ctrl-D leaves.", local.Version(), target)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if values, err := p.run(ctx, input{name: "banner", source: about}); err == nil && len(values) == 1 {
		if where, err := strconv.Unquote(values[0].text); err == nil {
			text += "\n" + where
		}
	}
	return text
}
