package main

import (
	"fmt"
	"strings"

	"github.com/rgo-project/rgo/bench/internal/results"
	"github.com/rgo-project/rgo/bench/internal/sample"
)

// bar is a figure to be reached.
type bar struct {
	workload, what string
	measure        string
	system, its    string // the system that it is held against and its measure; "" for a figure that stands for itself
	most           bool   // the limit is the most that is allowed
	limit          float64
	unit           string
}

// against makes bars of one measure against several systems.
func against(workload, what, measure string, most bool, limits map[string]float64) (all []bar) {
	for _, system := range []string{"net/rpc", "gRPC", "RPyC", "raw yamux"} {
		if limit, ok := limits[system]; ok {
			all = append(all, bar{workload, what, measure, system, measure, most, limit, ""})
		}
	}
	return all
}

func alone(workload, what, measure string, most bool, limit float64, unit string) []bar {
	return []bar{{workload, what, measure, "", "", most, limit, unit}}
}

type limits = map[string]float64

// wanted are all of them. Those of one's own time depend on the machine; where the machine that they were set on had a system to compare with, there is the same as a ratio besides.
var wanted = [][]bar{
	against("W1C", "a call, one caller, one core", "W1C.p50_us", true, limits{"net/rpc": 1, "gRPC": .3, "RPyC": .25}),
	alone("W1C", "allocations of the caller", "W1C.client_allocs", true, 6.1, ""),
	alone("W1C", "allocations of the callee", "W1C.server_allocs", true, 6.1, ""),
	against("W1X", "the same, a core each", "W1X.p50_us", true, limits{"net/rpc": 1}),
	against("W2", "64 callers", "W2.calls_s", false, limits{"net/rpc": 3}),
	against("W3", "10,000 calls under way", "W3.calls_s", false, limits{"net/rpc": 8}),
	against("W4", "1,000 structs", "W4.ms", true, limits{"net/rpc": .8}),
	against("W5", "1 MiB, one at a time", "W5.put_MB_s", false, limits{"raw yamux": 1.5, "net/rpc": 2.2}),
	against("W5", "1 MiB, several under way", "W5.pipe_MB_s", false, limits{"raw yamux": 1.5, "net/rpc": 2.2}),
	alone("W6", "memory of 5,000 idle connections", "W6.5000.rss_KB_conn", true, 36, "KB each"),
	against("W6", "memory of 5,000 idle connections", "W6.5000.rss_KB_conn", true, limits{"raw yamux": 1}),
	alone("W6", "memory of 1,000 idle connections", "W6.1000.rss_KB_conn", true, 36, "KB each"),
	alone("W6B", "the same after 1 MiB each, collected", "W6B.200.gc_rss_KB_conn", true, 100, "KB each"),
	against("W7", "connect and first call", "W7.ms", true, limits{"gRPC": .6}),
	against("W7T", "the same with TLS", "W7T.ms", true, limits{"gRPC": .6}),
	alone("W8D", "a chain of 10 at 10 ms", "W8D.plan_ms", true, 10.8, "ms"),
	alone("W9D", "remote_ls of 1,000 files at 10 ms, async", "W9D.pipelined_ms", true, 30, "ms"),
	alone("W9D", "remote_ls of 1,000 files at 10 ms, typed", "W9D.whole_ms", true, 15, "ms"),
	alone("W10C", "a callback inside a call", "W10C.us", true, 22, "µs"),
	{{"W10C", "a callback, as a part of a call of net/rpc (22 of 15.5 µs)", "W10C.us", "net/rpc", "W1C.p50_us", true, 1.42, ""}},
	against("W10C", "a callback", "W10C.us", true, limits{"RPyC": .2}),
	alone("W11", "a call beside bulk", "W11.p50_us", true, 150, "µs"),
	alone("W11", "the same, p99", "W11.p99_us", true, 1500, "µs"),
	alone("W11", "the bulk", "W11.put_MB_s", false, 1000, "MB/s"),
	against("W11", "a call beside bulk (150 of 208 µs)", "W11.p50_us", true, limits{"gRPC": .72}),
	against("W11", "the bulk (1,000 of 663 MB/s)", "W11.put_MB_s", false, limits{"gRPC": 1.5}),
}

// called are the names that a system has in results.
var called = map[string][]string{
	"net/rpc": {"net-rpc-gob", "net-rpc"}, "gRPC": {"grpc-unary"}, "RPyC": {"rpyc"}, "raw yamux": {"raw-yamux"},
}

// runs are the results at hand.
type runs []*results.Results

// find returns the first run that has a measure of rgo, and one of a system too if there is to be one, and their samples.
func (of runs) find(b bar) (ours, its []float64, ok bool) {
	for _, r := range of {
		ours = r.Samples["rgo"][b.measure]
		if sample.Median(ours) < 0 {
			continue
		}
		if b.system == "" {
			return ours, nil, true
		}
		for _, name := range called[b.system] {
			if its = r.Samples[name][b.its]; sample.Median(its) > 0 {
				return ours, its, true
			}
		}
	}
	return nil, nil, false
}

// bars is the table of what was wanted and what there is.
func (of runs) bars() string {
	var s strings.Builder
	s.WriteString("| | | rgo | held against | it | rgo / it | wanted | | raw TCP / it |\n|---|---|---:|---|---:|---:|---:|---|---:|\n")
	met, all := 0, 0
	for _, group := range wanted {
		for _, b := range group {
			row, ok, is := of.row(b)
			if !is {
				continue
			}
			s.WriteString(row)
			all++
			if ok {
				met++
			}
		}
	}
	fmt.Fprintf(&s, "\n%d of %d are met.\n", met, all)
	return s.String()
}

// floor is what frames on raw TCP, which do nothing else, are to the system: what no protocol can do better.
func (of runs) floor(b bar) string {
	if b.system == "" || b.its != b.measure {
		return ""
	}
	for _, r := range of {
		for _, name := range called[b.system] {
			if ratios := sample.Ratios(r.Samples["raw-tcp"][b.measure], r.Samples[name][b.measure]); len(ratios) > 0 {
				return fmt.Sprintf("%.2f", sample.Median(ratios))
			}
		}
	}
	return ""
}

func (of runs) row(b bar) (row string, met, is bool) {
	ours, its, ok := of.find(b)
	if !ok {
		return "", false, false
	}
	value, against, ratio := sample.Median(ours), "", ""
	if b.system != "" {
		against = sample.Text(sample.Median(its))
		value = sample.Median(sample.Ratios(ours, its))
		if b.its != b.measure { // of different slices: there is no pairing them
			value = sample.Median(ours) / sample.Median(its)
		}
		ratio = fmt.Sprintf("**%.2f**", value)
	}
	sign, met := "≥", value >= b.limit
	if b.most {
		sign, met = "≤", value <= b.limit
	}
	verdict := "missed"
	if met {
		verdict = "met"
	}
	limit := strings.TrimSpace(fmt.Sprintf("%s %g %s", sign, float64(int(b.limit*1000))/1000, b.unit))
	if strings.HasPrefix(b.what, "allocations") {
		limit = "≤ 6"
	}
	spread := ""
	if len(ours) > 1 {
		spread = fmt.Sprintf(" ±%.0f%%", 100*sample.Spread(ours))
	}
	return fmt.Sprintf("| %s | %s | %s%s | %s | %s | %s | %s | %s | %s |\n", b.workload, b.what, sample.Text(sample.Median(ours)), spread,
		b.system, against, ratio, limit, verdict, of.floor(b)), met, true
}

// ways are the ways to call a method, the first being what the others are held against.
var ways = []struct{ name, title string }{
	{"Call", "`netproxy.Call[T]`"},
	{"As", "a wrapper of an interface of the standard library: `netproxy.As[io.Seeker]`"},
	{"Bind", "a struct of funcs: `netproxy.Bind`"},
	{"Func", "a func: `netproxy.Func`"},
	{"Dynamic", "dynamic, by name: `Proxy.Call`"},
	{"Async", "a promise: `async.Call[T]`, then `Await`"},
}

func (of runs) wrappers() string {
	var r *results.Results
	for _, r = range of {
		if len(r.Samples["rgo"]["wrappers.Call.p50_us"]) > 0 {
			break
		}
	}
	samples := func(name string) []float64 { return r.Samples["rgo"]["wrappers."+name] }
	if len(samples("Call.p50_us")) == 0 {
		return ""
	}
	var s strings.Builder
	s.WriteString("| a call of `Seek(int64, int) (int64, error)` | µs | more than `Call[T]` | wanted | | allocations of the caller | of the callee |\n|---|---:|---:|---:|---|---:|---:|\n")
	for _, way := range ways {
		took := samples(way.name + ".p50_us")
		more := make([]float64, len(took))
		for i := range took {
			more[i] = took[i] - samples("Call.p50_us")[i]
		}
		limit, verdict := "", ""
		if way.name != "Call" {
			limit, verdict = "≤ 1.5", "met"
			if sample.Middle(more) > 1.5 {
				verdict = "missed"
			}
		}
		fmt.Fprintf(&s, "| %s | %.1f ±%.0f%% | %+.2f | %s | %s | %.1f | %.1f |\n", way.title, sample.Median(took), 100*sample.Spread(took), sample.Middle(more), limit, verdict,
			sample.Median(samples(way.name+".client_allocs")), sample.Median(samples(way.name+".server_allocs")))
	}
	return s.String()
}
