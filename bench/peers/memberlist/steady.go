package main

import "time"

// steady changes nothing: what does a node cost?
func steady(s settings) (result, error) {
	rssBefore := usageNow().rssKiB
	c, err := startSettled(s, s.nodes)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var packets, bytes, datagrams, cpu samples
	deathsBefore := c.deaths.eventsExcept(nil)
	for repeat := 0; repeat < s.repeats; repeat++ {
		before, sentBefore, start := usageNow(), c.traffic(), time.Now()
		time.Sleep(s.window())
		nodeSeconds := float64(s.nodes) * time.Since(start).Seconds()
		after, sent := usageNow(), c.traffic()
		packets.add((sent.packets() - sentBefore.packets()) / nodeSeconds)
		bytes.add((sent.bytes() - sentBefore.bytes()) / nodeSeconds)
		datagrams.add(float64(sent.datagrams-sentBefore.datagrams) / nodeSeconds)
		cpu.add(float64((after.cpu - before.cpu).Microseconds()) / nodeSeconds)
	}
	return result{"window_s": s.seconds, "packets_per_node_s": packets.figures(),
		"bytes_per_node_s": bytes.figures(), "datagrams_per_node_s": datagrams.figures(),
		"cpu_us_per_node_s": cpu.figures(),
		"rss_kib_per_node":  rounded((usageNow().rssKiB - rssBefore) / float64(s.nodes)),
		"false_deaths":      c.deaths.eventsExcept(nil) - deathsBefore}, nil
}
