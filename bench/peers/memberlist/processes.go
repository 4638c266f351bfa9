package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const startLimit = 30 * time.Second

// process is a node in a process of its own.
type process struct {
	name    string
	command *exec.Cmd
	input   io.WriteCloser
	address chan string
	live    int64 // Members that it holds to be alive. Atomic.
	isDead  bool
}

// processes is a cluster of them, which know only the first. Used by the main goroutine only, whose
// thread the children die with.
type processes struct {
	settings settings
	all      []*process
	seed     string
	deaths   *deaths
	// The same moment by the clock of all processes and by this one's, to compare times with.
	epochThere int64
	epochHere  time.Time
}

// startProcesses starts `count` nodes and waits until all see all, and until it is quiet.
func startProcesses(s settings, count int) (*processes, error) {
	p := &processes{settings: s, deaths: newDeaths(), epochThere: monotonic(), epochHere: time.Now()}
	for len(p.all) < count {
		if _, err := p.add(); err != nil {
			p.close()
			return nil, err
		}
	}
	if !until(convergenceLimit, func() bool { return p.allSee(count) }) {
		p.close()
		return nil, fmt.Errorf("the %d processes did not find each other within %v", count, convergenceLimit)
	}
	time.Sleep(s.settleTime())
	return p, nil
}

func (p *processes) add() (*process, error) {
	child := &process{name: fmt.Sprintf("p%d", len(p.all)), address: make(chan string, 1)}
	arguments := []string{childCommand, "--name", child.name, "--profile", p.settings.profile, "--seed", p.seed}
	if p.settings.isInsecure {
		arguments = append(arguments, "--insecure")
	}
	if !p.settings.hasTCPFallback {
		arguments = append(arguments, "--no-tcp-fallback")
	}
	if !p.settings.hasLifeguard {
		arguments = append(arguments, "--no-lifeguard")
	}
	child.command = exec.Command("/proc/self/exe", arguments...)
	child.command.Stderr = os.Stderr
	// A stopped child would outlive a parent that is killed.
	child.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	output, err := child.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if child.input, err = child.command.StdinPipe(); err != nil {
		return nil, err
	}
	if err := child.command.Start(); err != nil {
		return nil, fmt.Errorf("start a node's process: %w", err)
	}
	p.all = append(p.all, child)
	go p.listen(child, output)
	select {
	case address := <-child.address:
		if p.seed == "" {
			p.seed = address
		}
		return child, nil
	case <-time.After(startLimit):
		return nil, fmt.Errorf("%s did not open its sockets within %v", child.name, startLimit)
	}
}

func (p *processes) listen(child *process, output io.Reader) {
	for lines := bufio.NewScanner(output); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 2 && words[0] == "up":
			child.address <- words[1]
		case len(words) == 2 && words[0] == "count":
			if count, err := strconv.ParseInt(words[1], 10, 64); err == nil {
				atomic.StoreInt64(&child.live, count)
			}
		case len(words) == 3 && words[0] == "down":
			if there, err := strconv.ParseInt(words[2], 10, 64); err == nil {
				p.deaths.told(child.name, words[1], p.epochHere.Add(time.Duration(there-p.epochThere)))
			}
		}
	}
}

func (p *processes) allSee(count int) bool {
	for _, child := range p.all {
		if !child.isDead && atomic.LoadInt64(&child.live) != int64(count) {
			return false
		}
	}
	return true
}

func (c *process) signal(signal syscall.Signal) error { return c.command.Process.Signal(signal) }

// kill ends it by SIGKILL, which it cannot see coming.
func (c *process) kill() {
	if c.isDead {
		return
	}
	c.isDead = true
	_ = c.command.Process.Kill()
	_ = c.command.Wait()
}

func (p *processes) close() {
	for _, child := range p.all {
		child.kill()
	}
}
