package main

import (
	"fmt"
	"io"
	"log"
	"sync/atomic"
	"time"

	"github.com/hashicorp/memberlist"
)

// The key of every cluster that is measured here: 32 bytes, AES-256. It protects nothing.
const measuredKey = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"

// node is one member with sockets of its own.
type node struct {
	name      string
	list      *memberlist.Memberlist
	transport *transport
	messages  *messages
	live      int64 // Members that it holds to be alive, itself included. Atomic.
	isDead    int32 // Atomic. What a dead node thinks is not asked.
	onCount   func(count int64)
	onDown    func(name string, when time.Time)
}

// openNode starts a member that knows nobody. The callbacks come from memberlist's goroutines, under
// its locks.
func openNode(name string, s settings, onCount func(int64), onDown func(string, time.Time)) (*node, error) {
	bound, err := openTransport()
	if err != nil {
		return nil, fmt.Errorf("open the sockets of %s: %w", name, err)
	}
	n := &node{name: name, transport: bound, onCount: onCount, onDown: onDown}
	n.messages = newMessages(func() int { return int(atomic.LoadInt64(&n.live)) })
	n.list, err = memberlist.Create(n.config(s))
	if err != nil {
		bound.closeSockets()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return n, nil
}

// Everything that is not said here is the library's default.
func (n *node) config(s settings) *memberlist.Config {
	config := memberlist.DefaultLANConfig()
	if s.profile == "local" {
		config = memberlist.DefaultLocalConfig()
	}
	config.Name = n.name
	config.BindAddr = "127.0.0.1"
	config.BindPort = n.transport.GetAutoBindPort()
	config.AdvertisePort = config.BindPort
	config.Transport = n.transport
	config.Events = (*observer)(n)
	config.Delegate = n.messages
	n.messages.queue.RetransmitMult = config.RetransmitMult
	config.Logger = log.New(io.Discard, "", 0)
	config.DisableTcpPings = !s.hasTCPFallback
	if !s.isInsecure {
		config.SecretKey = []byte(measuredKey)
	}
	if !s.hasLifeguard {
		config.AwarenessMaxMultiplier = 1
		config.SuspicionMaxTimeoutMult = 1
		config.SuspicionMult = 5
	}
	return config
}

func (n *node) address() string {
	return fmt.Sprintf("127.0.0.1:%d", n.transport.GetAutoBindPort())
}

// join tries until it has spoken with the seed, or the deadline has passed.
func (n *node) join(seed string, deadline time.Time) error {
	for {
		_, err := n.list.Join([]string{seed})
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (n *node) dead() bool { return atomic.LoadInt32(&n.isDead) == 1 }

// fallSilent leaves the sockets open, and nobody answers on them.
func (n *node) fallSilent() {
	atomic.StoreInt32(&n.isDead, 1)
	n.transport.fallSilent()
	_ = n.list.Shutdown()
}

func (n *node) close() {
	atomic.StoreInt32(&n.isDead, 1)
	_ = n.list.Shutdown()
	n.transport.closeSockets()
}

// observer is a node as the delegate of its own events.
type observer node

func (o *observer) NotifyJoin(*memberlist.Node) { o.counted(atomic.AddInt64(&o.live, 1)) }

func (o *observer) NotifyLeave(member *memberlist.Node) {
	count := atomic.AddInt64(&o.live, -1)
	if (*node)(o).dead() {
		return
	}
	if o.onDown != nil {
		o.onDown(member.Name, time.Now())
	}
	o.counted(count)
}

func (o *observer) NotifyUpdate(*memberlist.Node) {}

func (o *observer) counted(count int64) {
	if o.onCount != nil {
		o.onCount(count)
	}
}
