package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// The command by which this program starts itself as one node. It is no scenario.
const childCommand = "one-node"

// runChild is one node in a process of its own. It tells its parent, a line each, on standard output:
//
//	up ADDRESS
//	count MEMBERS
//	down NAME NANOSECONDS   by the clock that is the same in all processes
//
// and ends when its standard input does.
func runChild(arguments []string) error {
	var name, seed, profile string
	var isInsecure, noTCPFallback, noLifeguard bool
	flags := flag.NewFlagSet(childCommand, flag.ContinueOnError)
	flags.StringVar(&name, "name", "", "")
	flags.StringVar(&seed, "seed", "", "")
	flags.StringVar(&profile, "profile", "default", "")
	flags.BoolVar(&isInsecure, "insecure", false, "")
	flags.BoolVar(&noTCPFallback, "no-tcp-fallback", false, "")
	flags.BoolVar(&noLifeguard, "no-lifeguard", false, "")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	s := settings{profile: profile, isInsecure: isInsecure, hasTCPFallback: !noTCPFallback, hasLifeguard: !noLifeguard}
	var mutex sync.Mutex
	out := bufio.NewWriter(os.Stdout)
	say := func(format string, values ...interface{}) {
		mutex.Lock()
		defer mutex.Unlock()
		fmt.Fprintf(out, format, values...)
		out.Flush()
	}
	n, err := openNode(name, s, func(count int64) { say("count %d\n", count) },
		func(member string, _ time.Time) { say("down %s %d\n", member, monotonic()) })
	if err != nil {
		return err
	}
	say("up %s\n", n.address())
	if seed != "" {
		if err := n.join(seed, time.Now().Add(convergenceLimit)); err != nil {
			return fmt.Errorf("%s joins by %s: %w", name, seed, err)
		}
	}
	buffer := make([]byte, 64)
	for {
		if _, err := os.Stdin.Read(buffer); err != nil {
			return nil
		}
	}
}

// monotonic is CLOCK_MONOTONIC, which all processes of this machine read alike, in nanoseconds.
func monotonic() int64 {
	const clockMonotonic = 1
	var now syscall.Timespec
	_, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	if failed != 0 {
		return 0
	}
	return now.Nano()
}
