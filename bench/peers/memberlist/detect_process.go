package main

import "time"

// detectProcess: every node is a process, and one is killed by SIGKILL. Its kernel lives, and refuses.
func detectProcess(s settings) (result, error) {
	p, err := startProcesses(s, s.nodes-1)
	if err != nil {
		return nil, err
	}
	defer p.close()
	d := detection{dead: map[string]bool{}}
	for repeat := 0; repeat < s.repeats; repeat++ {
		victim, err := p.add()
		if err != nil {
			return nil, err
		}
		if !until(convergenceLimit, func() bool { return p.allSee(s.nodes) }) {
			d.unconverged++
		}
		time.Sleep(beforeDeath(repeat))
		died := time.Now()
		victim.kill()
		d.await(p.deaths, victim.name, died, s.nodes-1)
	}
	return d.figures(s, p.deaths), nil
}
