package main

import (
	"sync/atomic"
	"time"
)

const rumourLimit = 15 * time.Second

// rumour sends one message of 100 bytes to all: when does the last node have it?
func rumour(s settings) (result, error) {
	c, err := startSettled(s, s.nodes)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var half, all samples
	undelivered := 0
	for repeat := 0; repeat < s.repeats; repeat++ {
		arrivals := make(chan time.Time, s.nodes)
		arrived := int64(0)
		for _, n := range c.nodes {
			n.messages.onlyNew(repeat, func(when time.Time) {
				arrivals <- when // Each node tells once.
				atomic.AddInt64(&arrived, 1)
			})
		}
		start := time.Now()
		c.nodes[repeat%s.nodes].messages.send(repeat)
		isDone := until(rumourLimit, func() bool { return atomic.LoadInt64(&arrived) == int64(s.nodes) })
		times := samples{}
		for i := atomic.LoadInt64(&arrived); i > 0; i-- {
			times.addTime((<-arrivals).Sub(start))
		}
		undelivered += s.nodes - len(times.values)
		figures := times.figures().(result) // Its own arrival is always there.
		half.add(figures["p50"].(float64))
		if isDone {
			all.add(figures["max"].(float64))
		}
		// A repeat should not share its packets with the last one's copies.
		until(rumourLimit, func() bool { return c.queued() == 0 })
		time.Sleep(time.Second)
	}
	return result{"half_ms": half.figures(), "all_ms": all.figures(), "undelivered": undelivered}, nil
}

// queued is how many user messages wait to be sent once more, at all nodes.
func (c *cluster) queued() int {
	sum := 0
	for _, n := range c.nodes {
		sum += n.messages.queue.NumQueued()
	}
	return sum
}
