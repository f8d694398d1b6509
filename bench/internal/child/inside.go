package child

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// Answer is what a child does: it says READY and what else there is to say, and answers each line with measures, until its input ends.
func Answer(ready string, answer func(line string) (Measures, error)) error {
	fmt.Println("READY", ready)
	in := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		m, err := answer(strings.TrimSpace(in.Text()))
		if err != nil {
			return err
		}
		if err := out.Encode(m); err != nil {
			return err
		}
	}
	return in.Err()
}

// Memory tells what the process has of it, for a server to answer with. Asked for "gc", it frees what it can before.
func Memory(line string) (Measures, error) {
	if line == "gc" {
		debug.FreeOSMemory()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return Measures{
		"mallocs": float64(m.Mallocs), "goroutines": float64(runtime.NumGoroutine()),
		"heap": float64(m.HeapAlloc), "stack": float64(m.StackInuse), "sys": float64(m.Sys),
	}, nil
}

// Measure is what a client does: it is told a number of seconds, and measures about that long.
func Measure(measure func(time.Duration) (Measures, error)) error {
	return Answer("client", func(line string) (Measures, error) {
		seconds, err := strconv.ParseFloat(line, 64)
		if err != nil {
			return nil, err
		}
		return measure(time.Duration(seconds * float64(time.Second)))
	})
}
