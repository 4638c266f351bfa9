package main

import (
	"fmt"
	"math"
	"os"
	"sort"
	"syscall"
	"time"
)

// samples of one quantity.
type samples struct{ values []float64 }

func (s *samples) add(value float64) { s.values = append(s.values, value) }

func (s *samples) addTime(value time.Duration) { s.add(float64(value) / float64(time.Millisecond)) }

// figures gives {"min","p50","p99","max"}, nil without a sample. The rank is rounded up, as in
// gossamer-bench.
func (s *samples) figures() interface{} {
	if len(s.values) == 0 {
		return nil
	}
	sorted := append([]float64(nil), s.values...)
	sort.Float64s(sorted)
	return result{"min": rounded(sorted[0]), "p50": rounded(quantile(sorted, 0.5)),
		"p99": rounded(quantile(sorted, 0.99)), "max": rounded(sorted[len(sorted)-1])}
}

func quantile(sorted []float64, q float64) float64 {
	rank := int(math.Ceil(q * float64(len(sorted))))
	if rank < 1 {
		rank = 1
	}
	return sorted[rank-1]
}

func rounded(value float64) float64 { return math.Round(value*1000) / 1000 }

// usage is what this process has used so far.
type usage struct {
	cpu    time.Duration // User and system.
	rssKiB float64       // Resident now.
}

func usageNow() usage {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return usage{}
	}
	var size, resident int64
	if file, err := os.Open("/proc/self/statm"); err == nil {
		defer file.Close()
		if _, err := fmt.Fscan(file, &size, &resident); err != nil {
			resident = 0
		}
	}
	return usage{time.Duration(used.Utime.Nano() + used.Stime.Nano()),
		float64(resident) * float64(os.Getpagesize()) / 1024}
}
