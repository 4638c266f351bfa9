package main

import (
	"errors"
	"io"
	"log"
	"math/rand"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/memberlist"
)

// Connections that a silent node never answers. More than these are closed, oldest first.
const heldMax = 1024

// traffic is what a node has sent: datagrams, and messages on streams.
type traffic struct {
	datagrams, datagramBytes, messages, messageBytes uint64
}

func (t traffic) packets() float64 { return float64(t.datagrams + t.messages) }
func (t traffic) bytes() float64   { return float64(t.datagramBytes + t.messageBytes) }

// transport is memberlist's own, with its sockets, and counts what goes out. It can lose a share of the
// outgoing datagrams, and fall silent: the sockets stay open, and everything to and from them is
// swallowed. Packets that come in take no other way than without it.
type transport struct {
	*memberlist.NetTransport
	sent      traffic // By atomic operations.
	lossShare uint64  // Of 1,000,000; atomic.
	isSilent  int32   // Atomic.
	streams   chan net.Conn
	done      chan struct{}
	close     sync.Once
	mutex     sync.Mutex
	held      []net.Conn
}

// openTransport binds one port for UDP and TCP on 127.0.0.1. The kernel picks it for TCP; that it is
// taken for UDP happens, so it tries again.
func openTransport() (*transport, error) {
	var bound *memberlist.NetTransport
	var err error
	for try := 0; try < 20; try++ {
		bound, err = memberlist.NewNetTransport(&memberlist.NetTransportConfig{
			BindAddrs: []string{"127.0.0.1"}, Logger: log.New(io.Discard, "", 0)})
		if err == nil || !strings.Contains(err.Error(), "address already in use") {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	t := &transport{NetTransport: bound, streams: make(chan net.Conn), done: make(chan struct{})}
	go t.forwardStreams()
	return t, nil
}

func (t *transport) silent() bool { return atomic.LoadInt32(&t.isSilent) == 1 }

func (t *transport) lose(percent int) {
	atomic.StoreUint64(&t.lossShare, uint64(percent)*10_000)
}

func (t *transport) traffic() traffic {
	return traffic{atomic.LoadUint64(&t.sent.datagrams), atomic.LoadUint64(&t.sent.datagramBytes),
		atomic.LoadUint64(&t.sent.messages), atomic.LoadUint64(&t.sent.messageBytes)}
}

func (t *transport) WriteTo(packet []byte, address string) (time.Time, error) {
	return t.WriteToAddress(packet, memberlist.Address{Addr: address})
}

// A lost datagram counts as sent: it is the network that loses it.
func (t *transport) WriteToAddress(packet []byte, to memberlist.Address) (time.Time, error) {
	if t.silent() {
		return time.Now(), nil
	}
	atomic.AddUint64(&t.sent.datagrams, 1)
	atomic.AddUint64(&t.sent.datagramBytes, uint64(len(packet)))
	share := atomic.LoadUint64(&t.lossShare)
	if share > 0 && uint64(rand.Int63n(1_000_000)) < share {
		return time.Now(), nil
	}
	return t.NetTransport.WriteToAddress(packet, to)
}

func (t *transport) DialTimeout(address string, timeout time.Duration) (net.Conn, error) {
	return t.DialAddressTimeout(memberlist.Address{Addr: address}, timeout)
}

func (t *transport) DialAddressTimeout(to memberlist.Address, timeout time.Duration) (net.Conn, error) {
	if t.silent() {
		return nil, errors.New("this node is silent")
	}
	conn, err := t.NetTransport.DialAddressTimeout(to, timeout)
	if err != nil {
		return nil, err
	}
	return &stream{conn, t}, nil
}

func (t *transport) StreamCh() <-chan net.Conn { return t.streams }

func (t *transport) forwardStreams() {
	for {
		select {
		case conn := <-t.NetTransport.StreamCh():
			if t.silent() {
				t.hold(conn)
				continue
			}
			select {
			case t.streams <- &stream{conn, t}:
			case <-t.done:
				conn.Close()
			}
		case <-t.done:
			return
		}
	}
}

// fallSilent is for ever. The node that owns this is to be shut down after it, which leaves the sockets.
func (t *transport) fallSilent() {
	atomic.StoreInt32(&t.isSilent, 1)
}

// Shutdown is memberlist's call. A silent node's sockets stay.
func (t *transport) Shutdown() error {
	if !t.silent() {
		t.closeSockets()
		return nil
	}
	go func() {
		for {
			select {
			case <-t.NetTransport.PacketCh():
			case <-t.done:
				return
			}
		}
	}()
	return nil
}

func (t *transport) closeSockets() {
	t.close.Do(func() {
		_ = t.NetTransport.Shutdown()
		close(t.done)
		t.mutex.Lock()
		defer t.mutex.Unlock()
		for _, conn := range t.held {
			conn.Close()
		}
		t.held = nil
	})
}

// hold keeps a connection open and unanswered.
func (t *transport) hold(conn net.Conn) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if len(t.held) == heldMax {
		t.held[0].Close()
		t.held = t.held[1:]
	}
	t.held = append(t.held, conn)
}

// stream counts what is written to it. memberlist writes a message by one call.
type stream struct {
	net.Conn
	owner *transport
}

func (s *stream) Write(message []byte) (int, error) {
	if s.owner.silent() {
		return len(message), nil
	}
	atomic.AddUint64(&s.owner.sent.messages, 1)
	atomic.AddUint64(&s.owner.sent.messageBytes, uint64(len(message)))
	return s.Conn.Write(message)
}

// To be closed would be a sign of life.
func (s *stream) Close() error {
	if !s.owner.silent() {
		return s.Conn.Close()
	}
	s.owner.hold(s.Conn)
	return nil
}
