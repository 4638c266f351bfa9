package main

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"
)

const messageBytes = 100

// messages are a node's user messages. memberlist leaves it to the application to pass on what it gets,
// so each is queued again where it is new.
type messages struct {
	queue *memberlist.TransmitLimitedQueue
	mutex sync.Mutex
	seen  []uint64 // One bit per message.
	onNew func(id int, when time.Time)
}

func newMessages(members func() int) *messages {
	return &messages{queue: &memberlist.TransmitLimitedQueue{NumNodes: members}}
}

// expect forgets all and makes room for so many.
func (m *messages) expect(count int, onNew func(id int, when time.Time)) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.seen = make([]uint64, (count+63)/64)
	m.onNew = onNew
}

// onlyNew expects one message, and minds no other.
func (m *messages) onlyNew(id int, onNew func(when time.Time)) {
	m.expect(id+1, func(got int, when time.Time) {
		if got == id {
			onNew(when)
		}
	})
}

// send makes message `id` known to this node, which passes it on.
func (m *messages) send(id int) {
	payload := make([]byte, messageBytes)
	binary.BigEndian.PutUint64(payload, uint64(id))
	m.NotifyMsg(payload)
}

// NotifyMsg is memberlist's call.
func (m *messages) NotifyMsg(payload []byte) {
	now := time.Now()
	if len(payload) != messageBytes {
		return
	}
	number := binary.BigEndian.Uint64(payload)
	m.mutex.Lock()
	isNew := number/64 < uint64(len(m.seen)) && m.seen[number/64]>>(number%64)&1 == 0
	if isNew {
		m.seen[number/64] |= 1 << (number % 64)
	}
	onNew := m.onNew
	m.mutex.Unlock()
	if !isNew {
		return
	}
	onNew(int(number), now)
	m.queue.QueueBroadcast(userMessage(append([]byte(nil), payload...)))
}

func (m *messages) GetBroadcasts(overhead, limit int) [][]byte {
	return m.queue.GetBroadcasts(overhead, limit)
}

func (m *messages) NodeMeta(int) []byte           { return nil }
func (m *messages) LocalState(bool) []byte        { return nil }
func (m *messages) MergeRemoteState([]byte, bool) {}

// userMessage replaces no other, which spares memberlist the search.
type userMessage []byte

func (u userMessage) Invalidates(memberlist.Broadcast) bool { return false }
func (u userMessage) Message() []byte                       { return u }
func (u userMessage) Finished()                             {}
func (u userMessage) UniqueBroadcast()                      {}
