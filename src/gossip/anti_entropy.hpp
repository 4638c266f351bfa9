#pragma once

#include <cstddef>
#include <vector>

#include "gossip/gossip.hpp"

// One comparison of two replicas, told by who says what (A opens it):
//
//   A: SyncDigest            "all I hold hashes to this"             datagram
//   B: SyncBuckets           "mine to these", or silence if equal     datagram
//   A: SyncKeys              "we differ here, and this I hold there"  stream
//   B: SyncWants + entries   "these you lack, and those I want"       stream
//   A: SyncWants + entries   "here they are; I want nothing"          stream
//
// So both have learned, whoever lacked something. Each answer is a function of one message and the
// replica; nothing is remembered between them, and no answer follows an answer for ever.

namespace gossamer::gossip {

/// A packet of entries is closed when it would grow beyond this.
constexpr std::size_t kSyncBytesMax = std::size_t{1} << 20;
/// Most keys in one SyncKeys or SyncWants.
constexpr std::size_t kSyncKeysMax = 8192;

/// Silence if both hold the same. `own` rides along by stream: a joiner does not know us yet, and
/// hears by stream only whom it knows.
void answer_digest(const Replica& replica, const Endpoint& to, const SyncDigest& message,
                   const Entry* own, std::size_t datagram_bytes_max, Outbox& outbox);
/// `own` rides along, so that the other knows who asks.
void answer_buckets(const Replica& replica, const Endpoint& to, const SyncBuckets& message,
                    const Entry* own, Outbox& outbox);
void answer_keys(const Replica& replica, const Endpoint& to, const SyncKeys& message,
                 Outbox& outbox);
void answer_wants(const Replica& replica, const Endpoint& to, const SyncWants& message,
                  Outbox& outbox);

/// What an entry takes in a packet.
std::size_t packed_bytes(const Entry& entry);

}  // namespace gossamer::gossip
