#include "wire/packet.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "arbitrary.hpp"
#include "base/hash.hpp"
#include "gossip/gossip.hpp"

namespace gossamer::wire {
namespace {

bool same(const membership::Ping& a, const membership::Ping& b) {
  return a.sequence == b.sequence && a.target == b.target;
}
bool same(const membership::Ack& a, const membership::Ack& b) {
  return a.sequence == b.sequence;
}
bool same(const membership::Nack& a, const membership::Nack& b) {
  return a.sequence == b.sequence;
}
bool same(const membership::PingRequest& a, const membership::PingRequest& b) {
  return a.sequence == b.sequence && a.target == b.target;
}
bool same(const membership::Refused& a, const membership::Refused& b) {
  return a.store_id == b.store_id && a.store_place == b.store_place;
}
bool same(const gossip::Rumours&, const gossip::Rumours&) {
  return true;
}
bool same(const gossip::SyncDigest& a, const gossip::SyncDigest& b) {
  return a.digest == b.digest && a.entry_count == b.entry_count;
}
bool same(const gossip::SyncBuckets& a, const gossip::SyncBuckets& b) {
  return a.buckets == b.buckets;
}
bool same(const gossip::SyncKeys& a, const gossip::SyncKeys& b) {
  if (a.buckets != b.buckets || a.held.size() != b.held.size()) return false;
  for (std::size_t i = 0; i < a.held.size(); ++i) {
    if (a.held[i].key != b.held[i].key || a.held[i].version != b.held[i].version) return false;
  }
  return true;
}
bool same(const gossip::SyncWants& a, const gossip::SyncWants& b) {
  return a.keys == b.keys;
}
template <class A, class B>
bool same(const A&, const B&) {
  return false;
}
template <class... A>
bool same(const std::variant<A...>& a, const std::variant<A...>& b) {
  return std::visit([](const auto& x, const auto& y) { return same(x, y); }, a, b);
}

bool same(const Packet& a, const Packet& b) {
  if (a.statements.size() != b.statements.size()) return false;
  for (std::size_t i = 0; i < a.statements.size(); ++i) {
    if (*a.statements[i] != *b.statements[i]) return false;
  }
  return same(a.message, b.message);
}

bool same_message(const Message& a, const Message& b) {
  return same(a, b);
}

std::size_t size_of(Message message) {
  return encode_packet({std::move(message), {}}).size();
}

SharedBytes statement_of(std::size_t size) {
  return std::make_shared<const Bytes>(size, 0xa5);
}

TEST_CASE("packet: every message comes back with the statements that rode along") {
  const bool holds = rc::check([] {
    const Packet packet = arbitrary::packet();
    const Bytes bytes = encode_packet(packet);
    const auto decoded = decode_packet(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(same(*decoded, packet));
    RC_ASSERT(encode_packet(*decoded) == bytes);
  });
  CHECK(holds);
}

TEST_CASE("packet: one is read at any alignment") {
  const Bytes bytes = encode_packet({membership::Message{membership::Ping{1, {}}}, {}});
  for (std::size_t offset = 0; offset < 8; ++offset) {
    Bytes shifted(offset);
    shifted.insert(shifted.end(), bytes.begin(), bytes.end());
    CHECK(decode_packet(ByteView{shifted}.subspan(offset)).has_value());
  }
}

TEST_CASE("packet: every version reads its own packets, and the next one none of this one's") {
  const Packet packet{membership::Message{membership::Ping{7, NodeId{{3}}}}, {}};
  for (const Version version : {kVersions.newest, kRehearsal}) {
    const Bytes bytes = encode_packet(packet, version);
    const auto decoded = decode_packet(bytes, version);
    REQUIRE(decoded.has_value());
    CHECK(encode_packet(*decoded, version) == bytes);
    CHECK_FALSE(
        decode_packet(bytes, version == kRehearsal ? kVersions.newest : kRehearsal).has_value());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CHECK_FALSE(decode_packet(ByteView{bytes}.first(size), version).has_value());
    }
  }
}

TEST_CASE("packet: small messages are within the stated overhead at their largest") {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  NodeId id;
  id.bytes.fill(0xff);
  CHECK(size_of(membership::Message{membership::Ping{kMost, id}}) <= kPacketOverheadBytes);
  CHECK(size_of(membership::Message{membership::Ack{kMost}}) <= kPacketOverheadBytes);
  CHECK(size_of(membership::Message{membership::PingRequest{kMost, id}}) <= kPacketOverheadBytes);
  CHECK(size_of(membership::Message{membership::Nack{kMost}}) <= kPacketOverheadBytes);
  CHECK(size_of(gossip::Message{gossip::Rumours{}}) <= kPacketOverheadBytes);
  CHECK(kFrameOverheadBytes + size_of(gossip::Message{gossip::Rumours{}}) ==
        gossip::kRumoursOverheadBytes);
  CHECK(size_of(gossip::Message{gossip::SyncDigest{kMost, kMost}}) <= kPacketOverheadBytes);
  const gossip::SyncBuckets buckets{std::vector<std::uint64_t>(gossip::kBucketCount, kMost)};
  CHECK(size_of(gossip::Message{buckets}) <= kPacketOverheadBytes + 8 * gossip::kBucketCount);
}

TEST_CASE("packet: a usual ping and ack are a few dozen bytes") {
  NodeId id;
  id.bytes.fill(0x77);
  CHECK(size_of(membership::Message{membership::Ping{1000, id}}) <= 48);
  CHECK(size_of(membership::Message{membership::Ack{1000}}) <= 24);
}

TEST_CASE("packet: a statement costs at most the stated overhead beyond its own bytes") {
  for (const std::size_t size : {kStatementBytesMin, std::size_t{200}, kStatementBytesMax}) {
    const Message ack = membership::Message{membership::Ack{1}};
    const std::size_t without = encode_packet({ack, {}}).size();
    const std::size_t with = encode_packet({ack, {statement_of(size), statement_of(size)}}).size();
    CHECK(with <= without + 2 * (size + kStatementOverheadBytes));
    CHECK(with == without + 2 * (size + gossip::kEntryOverheadBytes));
  }
}

TEST_CASE("packet: a message of ten thousand keys comes back") {
  gossip::SyncKeys keys;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    // Owners of zero pack best: the reader must not take them for an attack.
    keys.held.push_back({{gossip::EntryKind::claim, {}, "s/" + std::to_string(i)}, i});
  }
  const auto decoded = decode_packet(encode_packet({gossip::Message{keys}, {}}));
  REQUIRE(decoded.has_value());
  CHECK(same_message(decoded->message, gossip::Message{keys}));
}

TEST_CASE("packet: fields out of their range are refused") {
  const auto refused = [](const Message& message) {
    const auto decoded = decode_packet(encode_packet({message, {}}));
    return !decoded && decoded.error().code == ErrorCode::corrupted;
  };
  CHECK(refused(
      membership::Message{membership::Refused{std::string(kStoreIdBytesMax + 1, 'x'), ""}}));
  CHECK(refused(gossip::Message{gossip::SyncBuckets{{1, 2, 3}}}));
  CHECK(refused(gossip::Message{gossip::SyncKeys{{2, 1}, {}}}));
  CHECK(refused(gossip::Message{gossip::SyncKeys{{1, 1}, {}}}));
  CHECK(refused(gossip::Message{gossip::SyncKeys{{gossip::kBucketCount}, {}}}));
  const std::string long_name(kEntryNameBytesMax + 1, 'x');
  CHECK(refused(gossip::Message{gossip::SyncWants{{{gossip::EntryKind::spec, {}, long_name}}}}));
}

TEST_CASE("packet: keys of a kind that this build neither knows nor can carry are left out") {
  const auto unknown = static_cast<gossip::EntryKind>(gossip::kCarriedKindMin - 1);
  const gossip::SyncWants wants{{{unknown, {}, "new"}, {gossip::EntryKind::spec, {}, "old"}}};
  const auto decoded = decode_packet(encode_packet({gossip::Message{wants}, {}}));
  REQUIRE(decoded.has_value());
  CHECK(same_message(decoded->message,
                     gossip::Message{gossip::SyncWants{{{gossip::EntryKind::spec, {}, "old"}}}}));
}

TEST_CASE("packet: a message that this build does not know is a newer version's, not corrupt") {
  // Segment table of 2 words, root pointer to a struct of one data and one pointer word, which
  // says message 77; packed.
  const Bytes head = {0x10, 0x03, 0x50, 0x01, 0x01, 0x01, 0x4d, 0x00, 0x00};
  Bytes bytes = {static_cast<std::uint8_t>(head.size()), 0, 0, 0};
  bytes.insert(bytes.end(), head.begin(), head.end());
  const auto decoded = decode_packet(bytes);
  REQUIRE_FALSE(decoded.has_value());
  CHECK(decoded.error().code == ErrorCode::version_mismatch);
}

TEST_CASE("packet: cut anywhere it is refused, unless the cut falls between two statements") {
  const Packet packet{membership::Message{membership::Ping{7, {}}},
                      {statement_of(kStatementBytesMin), statement_of(150)}};
  const Bytes bytes = encode_packet(packet);
  int accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    if (decode_packet(ByteView{bytes}.first(size))) ++accepted;
  }
  CHECK(accepted == 2);
}

TEST_CASE("packet: statements of impossible sizes are refused") {
  Bytes bytes = encode_packet({gossip::Message{gossip::Rumours{}}, {}});
  const auto with_statement = [&](std::size_t size) {
    Bytes more = bytes;
    more.push_back(static_cast<std::uint8_t>(size));
    more.push_back(static_cast<std::uint8_t>(size >> 8));
    more.resize(more.size() + size);
    return decode_packet(more).has_value();
  };
  CHECK_FALSE(with_statement(0));
  CHECK_FALSE(with_statement(kStatementBytesMin - 1));
  CHECK(with_statement(kStatementBytesMin));
  CHECK(with_statement(kStatementBytesMax));
  CHECK_FALSE(with_statement(kStatementBytesMax + 1));
}

TEST_CASE("packet: one that unpacks to far more than its size is refused") {
  // A list of 100,000 zeros that packs to a few hundred bytes; no message of ours packs so well.
  gossip::SyncKeys keys;
  keys.held.resize(100'000);
  for (auto& held : keys.held) held.key.kind = static_cast<gossip::EntryKind>(0);
  const Bytes bytes = encode_packet({gossip::Message{keys}, {}});
  CHECK(decode_packet(bytes).has_value());  // 1.2 MB: pays for what it asks.

  const Bytes bomb_head = [] {
    // Segment of 0x20001 words, all zero but for the root pointer: 514 bytes.
    Bytes packed = {0x70, 0x01, 0x00, 0x02, 0x00, 0x00};
    for (int i = 0; i < 0x200; ++i) packed.insert(packed.end(), {0x00, 0xff});
    return packed;
  }();
  Bytes bomb(4);
  bomb[0] = static_cast<std::uint8_t>(bomb_head.size());
  bomb[1] = static_cast<std::uint8_t>(bomb_head.size() >> 8);
  bomb.insert(bomb.end(), bomb_head.begin(), bomb_head.end());
  CHECK_FALSE(decode_packet(bomb).has_value());
}

TEST_CASE("packet: one over the limit of a stream is refused unread") {
  CHECK_FALSE(decode_packet(Bytes(kPacketBytesMax + 1)).has_value());
}

TEST_CASE("packet: a ping is these bytes in every release of this version") {
  NodeId id;
  id.bytes.fill(0x77);
  const Packet packet{membership::Message{membership::Ping{1000, id, {0x11, 0x22}}},
                      {statement_of(kStatementBytesMin)}};
  CHECK(to_hex(ByteView{encode_packet(packet)}.first(44)) ==
        "2200000010085001010000100503e803ff77777777777777770177777777777777770111012261"
        "00a5a5a5a5");
}

}  // namespace
}  // namespace gossamer::wire
