#pragma once

#include <algorithm>

#include "choices.hpp"
#include "gossip/message.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"

namespace gossamer::fuzz {

/// Statements and messages that decode, made of the fuzzer's decisions. Names and places are few,
/// so that they meet.
class Arbitrary {
 public:
  Arbitrary(Choices& choices, const std::vector<NodeId>& nodes)
      : choices_(choices), nodes_(nodes) {}

  NodeId node() { return nodes_[choices_.below(static_cast<std::uint32_t>(nodes_.size()))]; }
  Endpoint endpoint() { return {"10.0.0." + std::to_string(1 + choices_.below(6)), 7946}; }
  std::string service() {
    static const std::vector<std::string> kNames{"ledger", "web", "a", "b", "c", "d", "e", "f"};
    return kNames[choices_.below(8)];
  }
  UnitId unit() { return {service(), choices_.below(3)}; }
  /// One that the accused or the author can still outbid.
  std::uint64_t counter() { return choices_.number() & ((std::uint64_t{1} << 62) - 1); }

  wire::StatementBody body(const NodeId& author) {
    switch (choices_.below(7)) {
      case 0: {
        membership::MemberStatement said;
        said.name = "n";
        said.endpoint = endpoint();
        said.incarnation = counter();
        said.is_leaving = choices_.below(8) == 1;
        said.store_id = choices_.below(8) == 1 ? "another" : "toy-store";
        if (choices_.below(4) == 1) said.key_ids = ring().ids();
        if (choices_.below(8) == 1) said.admission = to_bytes(choices_.text(choices_.byte()));
        return said;
      }
      case 1:
        return membership::Verdict{node(), counter(),
                                   choices_.coin() ? MemberState::suspect : MemberState::down};
      case 2: {
        naming::RecordStatement said;
        const UnitId which = unit();
        said.record.name = which.service;
        said.record.ordinal = which.ordinal;
        said.record.node = author;
        said.record.endpoint = endpoint();
        said.record.epoch = counter();
        said.version = counter();
        said.is_withdrawn = choices_.below(4) == 1;
        return said;
      }
      case 3: return ownership::SpecAnnouncement{service(), counter()};
      case 6: {
        wire::Carried said;
        said.kind = static_cast<std::uint8_t>(gossip::kCarriedKindMin + choices_.below(4));
        said.is_owned = choices_.coin();
        said.version = counter();
        said.name = service();
        said.content = to_bytes(choices_.text(choices_.below(16)));
        return said;
      }
      case 5: {
        const std::uint64_t number = 1 + counter() % keys::RingStatement::kNumberMax;
        return keys::RingStatement{number, ring()};
      }
      default: {
        const UnitId which = unit();
        return ownership::ClaimAnnouncement{which, counter(), author, counter()};
      }
    }
  }

  /// Of few keys, that of the cluster among them, so that rings differ by what they lack.
  keys::KeyRing ring() {
    std::vector<wire::ClusterKey> ring{cluster_key()};
    for (std::uint8_t more = choices_.below(keys::KeyRing::kKeysMax); more > 0; --more) {
      const wire::ClusterKey key = cluster_key();
      if (std::find(ring.begin(), ring.end(), key) == ring.end()) ring.push_back(key);
    }
    return keys::KeyRing{std::move(ring)};
  }
  static constexpr std::uint8_t kClusterKeys = 32;
  static wire::ClusterKey cluster_key(std::uint8_t number) { return {{1, 2, number}}; }
  wire::ClusterKey cluster_key() { return cluster_key(choices_.below(kClusterKeys)); }

  gossip::EntryKey key() {
    const std::uint8_t some = choices_.below(8);
    const auto kind = static_cast<gossip::EntryKind>(some == 0 ? gossip::kCarriedKindMin : some);
    return {kind, choices_.coin() ? node() : NodeId{}, choices_.coin() ? service() : ""};
  }

  wire::Message message() {
    using membership::Message;
    switch (choices_.below(10)) {
      case 0: return Message{membership::Ping{choices_.number(), node()}};
      case 1: return Message{membership::Ack{choices_.number()}};
      case 2: return Message{membership::PingRequest{choices_.number(), node()}};
      case 3: return Message{membership::Nack{choices_.number()}};
      case 4: return Message{membership::Refused{"another", "there"}};
      case 5: return gossip::Message{gossip::SyncDigest{choices_.number(), choices_.number()}};
      case 6: {
        gossip::SyncBuckets buckets;
        for (std::size_t i = 0; i < gossip::kBucketCount; ++i) buckets.buckets.push_back(i % 3);
        return gossip::Message{std::move(buckets)};
      }
      case 7: {
        gossip::SyncKeys keys;
        for (std::uint16_t i = 0; i < gossip::kBucketCount; i += 2) keys.buckets.push_back(i);
        for (std::uint8_t i = choices_.below(8); i > 0; --i)
          keys.held.push_back({key(), counter()});
        return gossip::Message{std::move(keys)};
      }
      case 8: {
        gossip::SyncWants wants;
        for (std::uint8_t i = choices_.below(8); i > 0; --i) wants.keys.push_back(key());
        return gossip::Message{std::move(wants)};
      }
      default: return gossip::Message{gossip::Rumours{}};
    }
  }

 private:
  Choices& choices_;
  const std::vector<NodeId>& nodes_;
};

}  // namespace gossamer::fuzz
