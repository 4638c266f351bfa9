package main

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	joiners = 32 // Nodes that start and join at the same time.
	// memberlist leaves some member unseen now and then, and repairs that by its comparison by TCP, whose
	// period is 30 s times a factor that grows with the cluster.
	convergenceLimit = 180 * time.Second
)

// cluster is many nodes in this process, which know only the first.
type cluster struct {
	settings settings
	nodes    []*node
	deaths   *deaths
}

// startCluster starts and joins `count` nodes and does not wait for what they see.
func startCluster(s settings, count int, deadline time.Time) (*cluster, error) {
	c := &cluster{settings: s, nodes: make([]*node, count), deaths: newDeaths()}
	first, err := c.open(0)
	if err != nil {
		return nil, err
	}
	c.nodes[0] = first
	if s.mode == "paced" {
		return c, c.startPaced(count, deadline)
	}
	next := int64(0)
	problems := make(chan error, joiners)
	var working sync.WaitGroup
	for worker := 0; worker < joiners; worker++ {
		working.Add(1)
		go func() {
			defer working.Done()
			for {
				index := int(atomic.AddInt64(&next, 1))
				if index >= count {
					return
				}
				joined, err := c.open(index)
				if err != nil {
					problems <- err
					return
				}
				c.nodes[index] = joined
				// One that could not join is missed when the members are counted.
				_ = joined.join(first.address(), deadline)
			}
		}()
	}
	working.Wait()
	select {
	case err := <-problems:
		c.close()
		return nil, err
	default:
		return c, nil
	}
}

// startPaced starts the others one at a time.
func (c *cluster) startPaced(count int, deadline time.Time) error {
	gap := time.Duration(c.settings.gapMs) * time.Millisecond
	start := time.Now()
	for index := 1; index < count; index++ {
		if wait := time.Until(start.Add(gap * time.Duration(index))); wait > 0 {
			time.Sleep(wait)
		}
		joined, err := c.open(index)
		if err != nil {
			c.close()
			return err
		}
		c.nodes[index] = joined
		_ = joined.join(c.nodes[0].address(), deadline)
	}
	return nil
}

// startSettled waits until all see all, and until it is quiet.
func startSettled(s settings, count int) (*cluster, error) {
	c, err := startCluster(s, count, time.Now().Add(convergenceLimit))
	if err != nil {
		return nil, err
	}
	if !until(convergenceLimit, func() bool { return c.allSee(count) }) {
		c.close()
		return nil, fmt.Errorf("the %d nodes did not find each other within %v", count, convergenceLimit)
	}
	time.Sleep(s.settleTime())
	return c, nil
}

func (c *cluster) open(index int) (*node, error) {
	observer := fmt.Sprintf("n%d", index)
	return openNode(observer, c.settings, nil, func(member string, when time.Time) {
		c.deaths.told(observer, member, when)
	})
}

// add starts one more, which joins.
func (c *cluster) add() (*node, error) {
	added, err := c.open(len(c.nodes))
	if err != nil {
		return nil, err
	}
	c.nodes = append(c.nodes, added)
	return added, added.join(c.nodes[0].address(), time.Now().Add(convergenceLimit))
}

// allSee is whether every node that is alive sees so many.
func (c *cluster) allSee(count int) bool {
	for _, n := range c.nodes {
		if !n.dead() && atomic.LoadInt64(&n.live) != int64(count) {
			return false
		}
	}
	return true
}

func (c *cluster) traffic() traffic {
	var sum traffic
	for _, n := range c.nodes {
		sent := n.transport.traffic()
		sum.datagrams += sent.datagrams
		sum.datagramBytes += sent.datagramBytes
		sum.messages += sent.messages
		sum.messageBytes += sent.messageBytes
	}
	return sum
}

func (c *cluster) lose(percent int) {
	for _, n := range c.nodes {
		n.transport.lose(percent)
	}
}

// close ends all nodes and gives back their memory, so that the next repeat begins like the first.
func (c *cluster) close() {
	var closing sync.WaitGroup
	for _, n := range c.nodes {
		if n == nil {
			continue
		}
		closing.Add(1)
		go func(n *node) {
			defer closing.Done()
			n.close()
		}(n)
	}
	closing.Wait()
	c.nodes = nil
	debug.FreeOSMemory()
}

// until looks every 2 ms whether it is done, and gives up after `limit`.
func until(limit time.Duration, isDone func() bool) bool {
	for end := time.Now().Add(limit); ; time.Sleep(2 * time.Millisecond) {
		if isDone() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}
