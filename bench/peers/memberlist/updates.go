package main

import (
	"sync"
	"time"
)

const drainLimit = 20 * time.Second

// deliveries is who got what, and how late.
type deliveries struct {
	mutex   sync.Mutex
	sent    []time.Time // By message.
	latency samples
}

func (d *deliveries) send(id int) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.sent[id] = time.Now()
}

func (d *deliveries) arrived(id int, when time.Time) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.latency.addTime(when.Sub(d.sent[id]))
}

func (d *deliveries) count() int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return len(d.latency.values)
}

// updates sends messages of 100 bytes at a steady rate, and then waits for those that are late.
func updates(s settings) (result, error) {
	c, err := startSettled(s, s.nodes)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var inWindow, delivered, queued, offered samples
	var latency samples
	lost := 0
	for repeat := 0; repeat < s.repeats; repeat++ {
		total := s.rate * s.seconds
		d := &deliveries{sent: make([]time.Time, total)}
		for _, n := range c.nodes {
			n.messages.expect(total, d.arrived)
		}
		took := offer(c, d, s)
		wanted := float64(total * s.nodes)
		inWindow.add(float64(d.count()) / wanted)
		queued.add(float64(c.queued()) / float64(s.nodes))
		until(drainLimit, func() bool { return d.count() == total*s.nodes })
		got := d.count()
		delivered.add(float64(got) / wanted)
		offered.add(float64(total) / took.Seconds())
		lost += total*s.nodes - got
		d.mutex.Lock()
		latency.values = append(latency.values, d.latency.values...)
		d.mutex.Unlock()
		for _, n := range c.nodes {
			n.messages.expect(0, nil) // What comes now belongs to no repeat.
			n.messages.queue.Reset()
		}
		time.Sleep(time.Second)
	}
	return result{"offered_per_s": offered.figures(), "window_s": s.seconds, "origins": s.origins,
		"delivered_share": delivered.figures(), "delivered_in_window_share": inWindow.figures(),
		"undelivered": lost, "latency_ms": latency.figures(), "queued_at_end": queued.figures()}, nil
}

// offer sends each message at its moment, from the origins in turn. One that is late is sent at once.
func offer(c *cluster, d *deliveries, s settings) time.Duration {
	start := time.Now()
	for id := range d.sent {
		due := start.Add(time.Duration(id) * time.Second / time.Duration(s.rate))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		d.send(id)
		c.nodes[id%s.origins].messages.send(id)
	}
	if wait := time.Until(start.Add(s.window())); wait > 0 {
		time.Sleep(wait)
	}
	return time.Since(start)
}
