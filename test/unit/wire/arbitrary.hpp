#pragma once

// RapidCheck's generators of what travels and of what is stored, always within the bounds.

#include <rapidcheck.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wire/bounds.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"
#include "wire/storage.hpp"

namespace gossamer::wire::arbitrary {

inline std::uint64_t below(std::uint64_t bound) {
  return *rc::gen::inRange<std::uint64_t>(0, bound);
}
inline bool coin() {
  return below(2) == 1;
}

/// Small numbers, and those with every bit in use.
inline std::uint64_t number() {
  return coin() ? below(1000) : *rc::gen::arbitrary<std::uint64_t>();
}
inline std::uint64_t counter() {
  return number() % (kCounterMax + 1);
}

inline std::string text(std::size_t low, std::size_t high) {
  const std::size_t size = low + below(high - low + 1);
  return *rc::gen::container<std::string>(size, rc::gen::arbitrary<char>());
}
inline Bytes bytes(std::size_t low, std::size_t high) {
  return to_bytes(text(low, high));
}

inline NodeId node_id() {
  NodeId id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(below(256));
  return id;
}
inline journal::Nonce nonce() {
  return {node_id().bytes};
}

inline Endpoint endpoint() {
  static const std::vector<std::string> kAddresses = {"10.0.0.1", "255.255.255.255", "::1",
                                                      "2001:db8:85a3:8d3:1319:8a2e:370:7348"};
  return {kAddresses[below(kAddresses.size())], static_cast<std::uint16_t>(below(65536))};
}

inline Identity identity() {
  std::array<std::uint8_t, Identity::kSeedBytes> seed{};
  for (auto& byte : seed) byte = static_cast<std::uint8_t>(below(256));
  return Identity::from_seed(seed);
}

// ---- statements ------------------------------------------------------------------------------

inline membership::MemberStatement member_statement() {
  membership::MemberStatement body;
  body.name = text(0, kMemberNameBytesMax);
  body.endpoint = endpoint();
  body.incarnation = counter();
  body.is_leaving = coin();
  body.metadata = text(0, kMetadataBytesMax);
  body.zone = text(0, kZoneBytesMax);
  body.store_id = text(0, kStoreIdBytesMax);
  body.store_place = text(0, kStorePlaceBytesMax);
  body.wire_oldest = static_cast<std::uint8_t>(1 + below(255));
  body.wire_newest = static_cast<std::uint8_t>(body.wire_oldest + below(256 - body.wire_oldest));
  for (std::size_t i = below(membership::kKeyIdsMax + 1); i > 0; --i) {
    body.key_ids.push_back(static_cast<std::uint32_t>(number()));
  }
  if (coin()) body.admission = bytes(0, kAdmissionBytesMax);
  return body;
}

inline membership::Verdict verdict() {
  return {node_id(), counter(), coin() ? MemberState::suspect : MemberState::down};
}

inline naming::RecordStatement record_statement(const NodeId& author) {
  naming::RecordStatement body;
  body.record.name = text(1, naming::kNameBytesMax);
  body.record.ordinal = static_cast<std::uint32_t>(number());
  body.record.node = author;
  body.record.endpoint = endpoint();
  body.record.epoch = counter();
  body.record.schema = static_cast<std::uint32_t>(number());
  for (std::size_t i = below(naming::kAttributesMax + 1); i > 0; --i) {
    body.record.attributes[text(0, 8)] = text(0, 8);
  }
  body.version = counter();
  body.is_withdrawn = coin();
  return body;
}

inline keys::RingStatement ring_statement() {
  std::vector<keys::ClusterKey> keys(1 + below(keys::KeyRing::kKeysMax));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Bytes drawn = bytes(keys::kClusterKeyBytes, keys::kClusterKeyBytes);
    std::copy(drawn.begin(), drawn.end(), keys[i].bytes.begin());
    keys[i].bytes[0] = static_cast<std::uint8_t>(i);
  }
  return {1 + below(keys::RingStatement::kNumberMax), keys::KeyRing{keys}};
}

inline Carried carried() {
  return {static_cast<std::uint8_t>(gossip::kCarriedKindMin + below(256 - gossip::kCarriedKindMin)),
          coin(), counter(), text(0, kEntryNameBytesMax), bytes(0, 2000)};
}

inline StatementBody statement_body(const NodeId& author) {
  switch (below(7)) {
    case 0: return member_statement();
    case 1: return verdict();
    case 2: return record_statement(author);
    case 3: return ring_statement();
    case 5: return carried();
    case 4: return ownership::SpecAnnouncement{text(1, kServiceNameBytesMax), counter()};
    default:
      return ownership::ClaimAnnouncement{
          {text(1, kServiceNameBytesMax), static_cast<std::uint32_t>(number())},
          counter(),
          author,
          counter()};
  }
}

// ---- packets ---------------------------------------------------------------------------------

inline gossip::EntryKey entry_key() {
  return {static_cast<gossip::EntryKind>(1 + below(7)), node_id(), text(0, kEntryNameBytesMax)};
}

inline membership::Message membership_message() {
  switch (below(5)) {
    case 0: return membership::Ping{number(), node_id()};
    case 1: return membership::Ack{number()};
    case 2: return membership::PingRequest{number(), node_id()};
    case 3: return membership::Nack{number()};
    default: return membership::Refused{text(0, kStoreIdBytesMax), text(0, kStorePlaceBytesMax)};
  }
}

inline gossip::Message gossip_message() {
  switch (below(5)) {
    case 0: return gossip::Rumours{};
    case 1: return gossip::SyncDigest{number(), number()};
    case 2: {
      gossip::SyncBuckets m;
      for (std::size_t i = 0; i < gossip::kBucketCount; ++i) m.buckets.push_back(number());
      return m;
    }
    case 3: {
      gossip::SyncKeys m;
      for (std::uint16_t i = 0; i < gossip::kBucketCount; ++i) {
        if (coin()) m.buckets.push_back(i);
      }
      for (std::size_t i = below(40); i > 0; --i) m.held.push_back({entry_key(), number()});
      return m;
    }
    default: {
      gossip::SyncWants m;
      for (std::size_t i = below(40); i > 0; --i) m.keys.push_back(entry_key());
      return m;
    }
  }
}

inline Packet packet() {
  Packet packet;
  if (coin()) {
    packet.message = membership_message();
  } else {
    packet.message = gossip_message();
  }
  for (std::size_t i = below(5); i > 0; --i) {
    packet.statements.push_back(
        std::make_shared<const Bytes>(bytes(kStatementBytesMin, kStatementBytesMin + 300)));
  }
  return packet;
}

// ---- storage ---------------------------------------------------------------------------------

inline journal::JournalEntry journal_entry() {
  journal::JournalEntry entry;
  entry.type = static_cast<journal::EntryType>(1 + below(4));
  entry.epoch = counter();
  entry.writer = node_id();
  entry.nonce = nonce();
  entry.spec_version = counter();
  const std::uint64_t first = below(1'000'000);
  for (std::uint64_t i = 0, count = below(6); i < count; ++i) {
    entry.commits.push_back({first + i, bytes(0, 200)});
  }
  entry.manifest_key = text(0, 200);
  entry.covers = counter();
  entry.attempt = counter();
  return entry;
}

inline journal::Manifest manifest() {
  journal::Manifest manifest;
  manifest.unit = {text(1, kServiceNameBytesMax), static_cast<std::uint32_t>(number())};
  manifest.epoch = counter();
  manifest.attempt = counter();
  manifest.sequence = counter();
  manifest.format = static_cast<std::uint32_t>(number());
  for (std::size_t i = below(6); i > 0; --i) {
    journal::ManifestFile file{text(1, 40), text(1, 120), number(), {}};
    for (auto& byte : file.hash) byte = static_cast<std::uint8_t>(below(256));
    manifest.files.push_back(std::move(file));
  }
  return manifest;
}

inline ownership::SpecVersion spec_version() {
  using std::chrono::milliseconds;
  ownership::SpecVersion version;
  version.spec.name = "ledger-" + std::to_string(below(1000));
  version.spec.factory = text(0, 64);
  version.spec.arguments = text(0, 300);
  version.spec.instances = static_cast<std::uint32_t>(1 + below(1000));
  version.spec.takeover_delay = milliseconds{below(3'600'001)};
  version.spec.start_timeout = milliseconds{1'000 + below(1'000'000)};
  version.spec.ship_interval = milliseconds{10 + below(1'000'000)};
  version.spec.freeze_after_entries = static_cast<std::uint32_t>(below(1'000'001));
  version.version = counter();
  version.is_undeploy = coin();
  return version;
}

inline WriteBatch write_batch() {
  WriteBatch batch;
  for (std::size_t i = below(8); i > 0; --i) {
    if (coin()) {
      batch.put(text(0, 40), text(0, 200));
    } else {
      batch.remove(text(0, 40));
    }
  }
  return batch;
}

}  // namespace gossamer::wire::arbitrary
