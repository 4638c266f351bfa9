package main

import (
	"fmt"
	"syscall"
	"time"
)

// What a process that has just been woken makes of its lateness is waited for.
const afterwards = 5 * time.Second

// paused stops some processes and lets them run for a moment, again and again, all in step: is anybody
// held to be dead who was never stopped?
func paused(s settings) (result, error) {
	stopped := map[string]bool{}
	for index := s.nodes - s.blocked; index < s.nodes; index++ {
		stopped[fmt.Sprintf("p%d", index)] = true
	}
	falseDeaths, seenByHealthy, seconds := 0, 0, 0.0
	var found samples
	for repeat := 0; repeat < s.repeats; repeat++ {
		p, err := startProcesses(s, s.nodes)
		if err != nil {
			return nil, err
		}
		start := time.Now()
		err = p.pauseInStep(p.all[s.nodes-s.blocked:], s)
		seconds += time.Since(start).Seconds()
		time.Sleep(afterwards)
		falseDeaths += p.deaths.eventsExcept(stopped)
		seenByHealthy += p.deaths.observersExcept(stopped)
		for name := range stopped {
			if first, _ := p.deaths.span(name); !first.IsZero() {
				found.addTime(first.Sub(start))
			}
		}
		p.close()
		if err != nil {
			return nil, err
		}
	}
	return result{"blocked": s.blocked, "blocked_ms": s.blockedMs, "running_ms": s.runningMs,
		"seconds": rounded(seconds), "false_deaths": falseDeaths,
		"false_deaths_seen_by_healthy": seenByHealthy, "found_ms": found.figures(),
		"found": len(found.values)}, nil
}

func (p *processes) pauseInStep(children []*process, s settings) error {
	signalAll := func(signal syscall.Signal) error {
		for _, child := range children {
			if err := child.signal(signal); err != nil {
				return fmt.Errorf("send %v to %s: %w", signal, child.name, err)
			}
		}
		return nil
	}
	for end := time.Now().Add(s.window()); time.Now().Before(end); {
		if err := signalAll(syscall.SIGSTOP); err != nil {
			return err
		}
		time.Sleep(time.Duration(s.blockedMs) * time.Millisecond)
		if err := signalAll(syscall.SIGCONT); err != nil {
			return err
		}
		time.Sleep(time.Duration(s.runningMs) * time.Millisecond)
	}
	return nil
}
