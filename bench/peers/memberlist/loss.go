package main

import "time"

// loss drops a share of all outgoing datagrams: who is held to be dead, and is not?
func loss(s settings) (result, error) {
	c, err := startSettled(s, s.nodes)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var packets, bytes, cpu samples
	deathsBefore := c.deaths.eventsExcept(nil)
	if s.isBusy {
		busy, err := startBusyCores()
		if err != nil {
			return nil, err
		}
		defer busy.stop()
	}
	for repeat := 0; repeat < s.repeats; repeat++ {
		c.lose(s.lossPercent)
		before, sentBefore, start := usageNow(), c.traffic(), time.Now()
		time.Sleep(s.window())
		nodeSeconds := float64(s.nodes) * time.Since(start).Seconds()
		after, sent := usageNow(), c.traffic()
		packets.add((sent.packets() - sentBefore.packets()) / nodeSeconds)
		bytes.add((sent.bytes() - sentBefore.bytes()) / nodeSeconds)
		cpu.add(float64((after.cpu - before.cpu).Microseconds()) / nodeSeconds)
	}
	return result{"loss_percent": s.lossPercent, "busy": s.isBusy, "seconds": s.seconds * s.repeats,
		"false_deaths":       c.deaths.eventsExcept(nil) - deathsBefore,
		"packets_per_node_s": packets.figures(), "bytes_per_node_s": bytes.figures(),
		"cpu_us_per_node_s": cpu.figures()}, nil
}
