package results

import (
	"slices"
	"strings"
)

// Merge is all runs in one: each workload, with all systems, is that of the first run in which rgo was measured with it. How it was measured is told of the first run.
func Merge(runs ...*Results) *Results {
	all := *runs[0]
	all.Order, all.Samples = nil, map[string]map[string][]float64{}
	from := map[string]*Results{} // by workload
	for _, r := range runs {
		for m := range r.Samples["rgo"] {
			if w := workload(m); from[w] == nil {
				from[w] = r
			}
		}
	}
	for _, r := range runs {
		for _, system := range r.Order {
			if !slices.Contains(all.Order, system) {
				all.Order = append(all.Order, system)
			}
		}
		for system, of := range r.Samples {
			for m, values := range of {
				if from[workload(m)] != r {
					continue
				}
				if all.Samples[system] == nil {
					all.Samples[system] = map[string][]float64{}
				}
				all.Samples[system][m] = values
			}
		}
		if r != runs[0] {
			all.Errors = append(slices.Clone(all.Errors), r.Errors...)
		}
	}
	return &all
}

// workload is that of a measure.
func workload(measure string) string {
	w, _, _ := strings.Cut(measure, ".")
	return w
}
