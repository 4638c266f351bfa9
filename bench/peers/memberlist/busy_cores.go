package main

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
)

// The command by which this program starts itself to keep a core busy until it is killed.
const spinCommand = "one-busy-core"

// busyCores is another program that keeps every core busy.
type busyCores []*exec.Cmd

func startBusyCores() (busyCores, error) {
	var busy busyCores
	for core := 0; core < runtime.NumCPU(); core++ {
		command := exec.Command("/proc/self/exe", spinCommand)
		command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := command.Start(); err != nil {
			busy.stop()
			return nil, fmt.Errorf("keep a core busy: %w", err)
		}
		busy = append(busy, command)
	}
	return busy, nil
}

func (b busyCores) stop() {
	for _, command := range b {
		_ = command.Process.Kill()
		_ = command.Wait()
	}
}

func runBusyCore() {
	for {
	}
}
