package results

import (
	"fmt"
	"strings"

	"github.com/rgo-project/rgo/bench/internal/sample"
)

// tables are the workloads in order: what they are, and their measures, the first being the one that ratios are of.
var tables = []struct {
	prefix, title string
	measures      []string
}{
	{"W1C", "a call, one caller, both processes on one core", []string{"p50_us", "p99_us", "cpu_us", "client_allocs", "server_allocs"}},
	{"W1X", "a call, one caller, the processes on a core each", []string{"p50_us", "p99_us", "cpu_us"}},
	{"W1", "a call, one caller, not pinned", []string{"p50_us", "p99_us", "cpu_us"}},
	{"W2", "64 callers on one connection", []string{"calls_s", "cpu_us", "client_allocs", "server_allocs"}},
	{"W2S", "4 callers on one connection", []string{"calls_s", "cpu_us"}},
	{"W3", "10,000 calls issued, then awaited", []string{"calls_s", "cpu_us"}},
	{"W4", "one call that returns 1,000 structs", []string{"ms", "client_allocs", "server_allocs"}},
	{"W5", "payloads of 1 MiB, one at a time, and there and back", []string{"put_MB_s", "echo_MB_s"}},
	{"W5", "payloads of 1 MiB, several under way", []string{"pipe_MB_s"}},
	{"W6.1000", "1,000 idle connections, memory of the server", []string{"rss_KB_conn", "gc_rss_KB_conn", "live_KB_conn", "goroutines_conn"}},
	{"W6.5000", "5,000 idle connections, memory of the server", []string{"rss_KB_conn", "gc_rss_KB_conn", "live_KB_conn", "goroutines_conn"}},
	{"W6B.200", "200 idle connections after an upload of 1 MiB on each", []string{"rss_KB_conn", "gc_rss_KB_conn", "live_KB_conn", "goroutines_conn"}},
	{"W7", "connect, first call, close", []string{"ms"}},
	{"W7T", "the same with TLS 1.3", []string{"ms"}},
	{"W8", "a chain of 10 dependent operations: one by one, and in one message", []string{"hops_ms", "plan_ms", "calls_ms"}},
	{"W8D", "the same on a link whose round trip takes 10 ms", []string{"hops_ms", "plan_ms", "calls_ms"}},
	{"W9", "list and stat 1,000 files: one by one, all at once, in one call", []string{"chatty_ms", "pipelined_ms", "whole_ms"}},
	{"W9D", "the same on a link whose round trip takes 10 ms", []string{"chatty_ms", "pipelined_ms", "whole_ms"}},
	{"W10C", "a callback inside a call, both processes on one core", []string{"us", "cpu_us"}},
	{"W10", "a callback inside a call, not pinned", []string{"us", "cpu_us"}},
	{"W11", "a call while payloads of 1 MiB go over the same connection", []string{"p50_us", "p99_us", "put_MB_s"}},
}

// heads are the heads of the columns of measures.
var heads = map[string]string{
	"p50_us": "µs, median", "p99_us": "µs, p99", "cpu_us": "processor µs, both", "client_allocs": "allocations of the caller", "server_allocs": "of the callee", "calls_s": "calls/s",
	"ms": "ms", "us": "µs", "put_MB_s": "put MB/s", "echo_MB_s": "echo MB/s", "pipe_MB_s": "MB/s", "rss_KB_conn": "KB each, resident", "gc_rss_KB_conn": "after a collection", "live_KB_conn": "in use then",
	"goroutines_conn": "goroutines each", "hops_ms": "one by one, ms", "plan_ms": "in one message, ms", "calls_ms": "as method calls, ms", "chatty_ms": "one by one, ms", "pipelined_ms": "all at once, ms", "whole_ms": "in one call, ms",
}

// Table is all that was measured, in Markdown: medians, with half the distance of the quartiles for the first measure, and of that what rgo's is to each system's.
func (r *Results) Table() string {
	var s strings.Builder
	for _, t := range tables {
		first := t.prefix + "." + t.measures[0]
		var measures []string
		for _, m := range t.measures {
			if len(r.Systems(t.prefix+"."+m)) > 0 {
				measures = append(measures, m)
			}
		}
		if len(r.Systems(first)) == 0 {
			continue
		}
		fmt.Fprintf(&s, "**%s**: %s\n\n| |", strings.SplitN(t.prefix, ".", 2)[0], t.title)
		for _, m := range measures {
			fmt.Fprintf(&s, " %s |", heads[m])
		}
		s.WriteString(" rgo / it |\n|---|" + strings.Repeat("---:|", len(measures)+1) + "\n")
		for _, system := range r.Systems(first) {
			r.row(&s, system, t.prefix, measures)
		}
		s.WriteString("\n")
	}
	for _, failure := range r.Errors {
		fmt.Fprintf(&s, "- failed: %s\n", failure)
	}
	return s.String()
}

func (r *Results) row(s *strings.Builder, system, prefix string, measures []string) {
	fmt.Fprintf(s, "| %s |", system)
	for i, m := range measures {
		samples := r.Samples[system][prefix+"."+m]
		text := ""
		if mid := sample.Median(samples); mid >= 0 {
			text = sample.Text(mid)
		}
		if i == 0 && len(samples) > 1 {
			text += fmt.Sprintf(" ±%.0f%%", 100*sample.Spread(samples))
		}
		fmt.Fprintf(s, " %s |", text)
	}
	first := prefix + "." + measures[0]
	if ratios := sample.Ratios(r.Samples["rgo"][first], r.Samples[system][first]); len(ratios) > 0 {
		fmt.Fprintf(s, " %.2f |\n", sample.Median(ratios))
		return
	}
	s.WriteString(" |\n")
}
