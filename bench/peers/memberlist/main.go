// gossamer-bench-memberlist runs the scenarios of gossamer-bench with hashicorp/memberlist, on real
// sockets of this machine, and prints one JSON object with the same keys.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
)

const examples = `Runs memberlist through the scenarios of gossamer-bench.

  gossamer-bench-memberlist join --nodes 50 --json
  gossamer-bench-memberlist steady --nodes 100 --seconds 20 --repeats 3 --json
  gossamer-bench-memberlist detect --nodes 50 --death silence --json
  gossamer-bench-memberlist rumour --nodes 100 --repeats 10 --json
  gossamer-bench-memberlist updates --nodes 100 --rate 100 --seconds 10 --json
  gossamer-bench-memberlist loss --nodes 100 --loss-percent 25 --seconds 60 --json
  gossamer-bench-memberlist paused --nodes 64 --blocked 8 --seconds 60 --json

One JSON object on standard output. Times are in milliseconds as {"min","p50","p99","max"}.
SCENARIO --help lists the options.
`

// result is the object that goes to standard output.
type result map[string]interface{}

var scenarios = map[string]func(settings) (result, error){
	"join":    join,
	"steady":  steady,
	"detect":  detect,
	"rumour":  rumour,
	"updates": updates,
	"loss":    loss,
	"paused":  paused,
}

func main() {
	// A child dies with the thread that started it, and this one lives as long as the process.
	runtime.LockOSThread()
	if len(os.Args) < 2 || os.Args[1] == "--help" || os.Args[1] == "-h" {
		fmt.Print(examples)
		if len(os.Args) < 2 {
			os.Exit(2)
		}
		return
	}
	name := os.Args[1]
	if name == childCommand {
		if err := runChild(os.Args[2:]); err != nil {
			fail(1, err)
		}
		return
	}
	if name == spinCommand {
		runBusyCore()
	}
	run, known := scenarios[name]
	if !known {
		fail(2, fmt.Errorf("there is no scenario %q: --help lists them", name))
	}
	given, err := parseSettings(name, os.Args[2:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fail(2, err)
	}
	figures, err := run(given)
	if err != nil {
		fail(1, err)
	}
	given.describe(name, figures)
	text, err := json.Marshal(figures)
	if err != nil {
		fail(1, err)
	}
	fmt.Println(string(text))
}

func fail(status int, err error) {
	fmt.Fprintf(os.Stderr, "gossamer-bench-memberlist: %v\n", err)
	os.Exit(status)
}
