package conn

import (
	"fmt"
	"log/slog"
	"strings"
)

// muxLog takes what yamux would write to standard error. All of it is about things that the connection tells in its own words, so it is for debugging.
type muxLog struct{ log *slog.Logger }

func (l muxLog) Print(v ...any)                 { l.log.Debug(fmt.Sprint(v...)) }
func (l muxLog) Printf(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l muxLog) Println(v ...any)               { l.log.Debug(strings.TrimSpace(fmt.Sprintln(v...))) }
