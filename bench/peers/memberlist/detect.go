package main

import "time"

const (
	detectLimit = 60 * time.Second
	calmTime    = 10 * time.Second // In which nothing happens, to compare with.
	echoesTime  = 5 * time.Second  // What is still sent of a death that all know of.
)

// detection is what the two kinds of death have in common.
type detection struct {
	first, all  samples
	undetected  int
	unconverged int
	dead        map[string]bool
}

func detect(s settings) (result, error) {
	if s.death == "process" {
		return detectProcess(s)
	}
	return detectSilence(s)
}

// beforeDeath lets rumours settle; and the moment within the probe period must differ between repeats.
func beforeDeath(repeat int) time.Duration {
	return time.Duration(4000+137*repeat%1000) * time.Millisecond
}

// await waits until so many survivors know.
func (d *detection) await(known *deaths, victim string, died time.Time, survivors int) {
	d.dead[victim] = true
	if !until(detectLimit, func() bool { return known.observers(victim) >= survivors }) {
		d.undetected++
		return
	}
	first, last := known.span(victim)
	d.first.addTime(first.Sub(died))
	d.all.addTime(last.Sub(died))
}

func (d *detection) figures(s settings, known *deaths) result {
	return result{"death": s.death, "loss_percent": s.lossPercent, "first_ms": d.first.figures(),
		"all_ms": d.all.figures(), "undetected": d.undetected, "unconverged_runs": d.unconverged,
		"false_deaths": known.eventsExcept(d.dead)}
}

// detectSilence: a node's sockets stay open and swallow everything. All nodes are in this process.
func detectSilence(s settings) (result, error) {
	c, err := startSettled(s, s.nodes-1)
	if err != nil {
		return nil, err
	}
	defer c.close()
	d := detection{dead: map[string]bool{}}
	var burst samples
	c.lose(s.lossPercent)
	calmPerNodeSecond := c.packetsPerNode(s.nodes-1, func() { time.Sleep(calmTime) }) / calmTime.Seconds()
	for repeat := 0; repeat < s.repeats; repeat++ {
		c.lose(0)
		victim, err := c.add()
		if err != nil {
			return nil, err
		}
		if !until(convergenceLimit, func() bool { return c.allSee(s.nodes) }) {
			d.unconverged++
		}
		c.lose(s.lossPercent)
		time.Sleep(beforeDeath(repeat))
		died := time.Now()
		victim.fallSilent()
		sent := c.packetsPerNode(s.nodes-1, func() {
			d.await(c.deaths, victim.name, died, s.nodes-1)
			time.Sleep(echoesTime)
		})
		burst.add(sent - calmPerNodeSecond*time.Since(died).Seconds())
	}
	figures := d.figures(s, c.deaths)
	figures["burst_packets_per_node"] = burst.figures()
	return figures, nil
}

// packetsPerNode is what is sent meanwhile, for each of so many nodes.
func (c *cluster) packetsPerNode(nodes int, meanwhile func()) float64 {
	before := c.traffic()
	meanwhile()
	return (c.traffic().packets() - before.packets()) / float64(nodes)
}
