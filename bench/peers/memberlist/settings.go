package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// settings is what every scenario can be told. The names and defaults are gossamer-bench's.
type settings struct {
	nodes       int
	repeats     int
	seconds     int
	death       string
	mode        string
	gapMs       int
	isBusy      bool
	profile     string
	isInsecure  bool
	lossPercent int
	// Whether a probe that got no answer by datagram is tried once more by TCP.
	hasTCPFallback bool
	hasLifeguard   bool
	rate           int
	origins        int
	blocked        int
	blockedMs      int
	runningMs      int
	settleMs       int // Quiet time in which rumours of the join die down.
}

// A message that a node has seen is remembered until the run ends.
const deliveriesMax = 50_000_000

func parseSettings(scenario string, arguments []string) (settings, error) {
	var s settings
	var noLifeguard, isJSON bool
	flags := flag.NewFlagSet(scenario, flag.ContinueOnError)
	flags.SetOutput(os.Stderr)
	flags.IntVar(&s.nodes, "nodes", 50, "how many nodes")
	flags.IntVar(&s.repeats, "repeats", 5, "how often")
	flags.StringVar(&s.profile, "profile", "default", "memberlist's defaults: default (the same as lan), lan, local")
	flags.BoolVar(&s.isInsecure, "insecure", false, "without encryption")
	flags.BoolVar(&noLifeguard, "no-lifeguard", false, "plain SWIM: probes and suspicion that mind nobody's health")
	flags.BoolVar(&isJSON, "json", false, "one JSON object: it is never anything else")
	switch scenario {
	case "steady", "loss", "paused", "updates":
		defaults := map[string]int{"steady": 20, "loss": 60, "paused": 60, "updates": 10}
		flags.IntVar(&s.seconds, "seconds", defaults[scenario], "length of each window")
	}
	if scenario != "join" {
		flags.IntVar(&s.settleMs, "settle-ms", 10000, "quiet time before anything is measured")
	}
	switch scenario {
	case "join":
		flags.StringVar(&s.mode, "mode", "burst", "all at once (burst), or one at a time (paced)")
		flags.IntVar(&s.gapMs, "gap-ms", 20, "from one to the next, if paced")
	case "detect":
		flags.StringVar(&s.death, "death", "process", "how a node dies: process (SIGKILL) or silence")
		flags.IntVar(&s.lossPercent, "loss-percent", 0, "share of outgoing datagrams that are lost, with silence only")
	case "loss":
		flags.IntVar(&s.lossPercent, "loss-percent", 25, "share of outgoing datagrams that are lost")
		flags.BoolVar(&s.isBusy, "busy", false, "while another program keeps every core busy")
	case "updates":
		flags.IntVar(&s.rate, "rate", 100, "updates per second, of all origins together")
		flags.IntVar(&s.origins, "origins", 0, "how many nodes they come from (10, or all if there are fewer)")
	case "paused":
		flags.IntVar(&s.blocked, "blocked", 4, "how many processes are stopped, all in step")
		flags.IntVar(&s.blockedMs, "blocked-ms", 12000, "how long each time")
		flags.IntVar(&s.runningMs, "running-ms", 100, "how long they run in between")
	}
	flags.BoolVar(&s.hasTCPFallback, "tcp-fallback", true,
		"whether a probe is tried by TCP too; not where datagrams are lost, unless it is said")
	if err := flags.Parse(arguments); err != nil {
		return s, err
	}
	isTCPSaid := false
	flags.Visit(func(given *flag.Flag) { isTCPSaid = isTCPSaid || given.Name == "tcp-fallback" })
	if !isTCPSaid {
		s.hasTCPFallback = s.lossPercent == 0
	}
	s.hasLifeguard = !noLifeguard
	if s.origins == 0 && scenario == "updates" {
		s.origins = 10
		if s.nodes < s.origins {
			s.origins = s.nodes
		}
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("%s: what is %q? It takes options only", scenario, flags.Arg(0))
	}
	return s, s.check(scenario)
}

// check refuses what would not be bounded or means nothing.
func (s settings) check(scenario string) error {
	within := func(name string, value, least, most int) error {
		if value < least || value > most {
			return fmt.Errorf("--%s %d: give one from %d to %d", name, value, least, most)
		}
		return nil
	}
	checks := []error{within("nodes", s.nodes, 2, 1000), within("repeats", s.repeats, 1, 1000),
		within("seconds", s.seconds, 0, 3600), within("loss-percent", s.lossPercent, 0, 99),
		within("settle-ms", s.settleMs, 0, 600000)}
	switch scenario {
	case "join":
		checks = append(checks, within("gap-ms", s.gapMs, 0, 10000))
	case "steady", "loss":
		checks = append(checks, within("seconds", s.seconds, 1, 3600))
	case "updates":
		checks = append(checks, within("seconds", s.seconds, 1, 3600), within("rate", s.rate, 1, 100000),
			within("origins", s.origins, 1, s.nodes),
			within("nodes x rate x seconds", s.nodes*s.rate*s.seconds, 1, deliveriesMax))
	case "paused":
		checks = append(checks, within("seconds", s.seconds, 1, 3600), within("blocked", s.blocked, 1, s.nodes-1),
			within("blocked-ms", s.blockedMs, 1, 600000), within("running-ms", s.runningMs, 1, 600000))
	}
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	if s.profile != "default" && s.profile != "lan" && s.profile != "local" {
		return fmt.Errorf("--profile %q: memberlist has default (the same as lan), lan and local", s.profile)
	}
	if scenario == "join" && s.mode != "burst" && s.mode != "paced" {
		return fmt.Errorf("--mode %q: give burst or paced", s.mode)
	}
	if scenario == "detect" && s.death != "process" && s.death != "silence" {
		return fmt.Errorf("--death %q: give process or silence", s.death)
	}
	if scenario == "detect" && s.death == "process" && s.lossPercent != 0 {
		return fmt.Errorf("--loss-percent: a node in a process of its own loses nothing; add --death silence")
	}
	return nil
}

func (s settings) window() time.Duration { return time.Duration(s.seconds) * time.Second }

func (s settings) settleTime() time.Duration { return time.Duration(s.settleMs) * time.Millisecond }

// describe adds the keys that every scenario has.
func (s settings) describe(scenario string, figures result) {
	figures["scenario"] = scenario
	figures["peer"] = "memberlist"
	figures["nodes"] = s.nodes
	figures["encrypted"] = !s.isInsecure
	figures["repeats"] = s.repeats
	figures["profile"] = s.profile
	figures["tcp_fallback"] = s.hasTCPFallback
	figures["lifeguard"] = s.hasLifeguard
}
