#pragma once

#include <variant>
#include <vector>

#include "gossip/message.hpp"
#include "membership/message.hpp"
#include "wire/version.hpp"

namespace gossamer::wire {

using Message = std::variant<membership::Message, gossip::Message>;

/// What one frame carries: a message, and statements that ride along.
struct Packet {
  Message message{};
  std::vector<SharedBytes> statements{};
};

constexpr std::size_t kPacketBytesMax = 16 * 1024 * 1024;  ///< By stream; datagrams are smaller.
constexpr std::size_t kStatementsMax = 200'000;
constexpr std::size_t kKeysMax = 200'000;  ///< Of one SyncKeys or SyncWants.

Bytes encode_packet(const Packet& packet, Version version = kVersions.newest);
/// An upper bound of encode_packet's size for a packet without statements, plus `overhead` for each
/// statement beyond its own bytes. SyncBuckets adds 8 for each bucket; Refused, SyncKeys and
/// SyncWants are not bounded by it.
constexpr std::size_t kPacketOverheadBytes = 160;
constexpr std::size_t kStatementOverheadBytes = 16;

/// Bounded: a hostile packet costs at most a small multiple of its own size. Errors: corrupted,
/// version_mismatch (an unknown kind of message).
/// Requires: `version` is one of kVersions, or kRehearsal.
Result<Packet> decode_packet(ByteView bytes, Version version = kVersions.newest);

}  // namespace gossamer::wire
