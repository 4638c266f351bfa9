// What the encoders of src/wire make of one value of each kind.

#include "seeds.hpp"
#include "transport/frame_reader.hpp"
#include "wire/admission.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"
#include "wire/statement_body.hpp"
#include "wire/storage.hpp"

namespace gossamer::fuzz {
namespace {

const NodeId kNode{{1, 2, 3, 4}};
const Endpoint kEndpoint{"10.0.0.1", 7946};
const wire::DataKey kDataKey{{1, 2, 3}};
const wire::ObjectSeal kSeal{kDataKey, "fuzz/object"};

wire::Identity author() {
  std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
  seed.fill(3);  // As in statement.cpp, which signs with it.
  return wire::Identity::from_seed(seed);
}

membership::MemberStatement member() {
  return {"n1", kEndpoint, 7, false, "metadata", "store-1", "dir:shared", {1, 2}};
}
membership::MemberStatement admitted_member() {
  membership::MemberStatement member_of_one = member();
  member_of_one.admission = wire::encode_admission(
      wire::sign_admission(author(), author().public_key(), "cluster", 2'000'000'000));
  return member_of_one;
}
membership::MemberStatement zoned_member() {
  membership::MemberStatement member_of_one = member();
  member_of_one.zone = "eu-west-1a";
  return member_of_one;
}
keys::RingStatement two_keys() {
  return {1, keys::KeyRing{{{{1, 2, 3}}, {{1, 2, 4}}}}};
}

void add_packets(SeedFolder& folder) {
  gossip::SyncBuckets buckets;
  buckets.buckets.assign(gossip::kBucketCount, 0x0102030405060708);
  const gossip::EntryKey key{gossip::EntryKind::record, kNode, "ledger/0"};
  const auto statement = std::make_shared<const Bytes>(wire::sign_statement(author(), member()));
  const auto add = [&](const char* name, wire::Message message) {
    folder.add("packet", name, wire::encode_packet({std::move(message), {}}));
  };
  using membership::Message;
  add("ping", Message{membership::Ping{9, kNode}});
  add("ack", Message{membership::Ack{9}});
  add("ping-request", Message{membership::PingRequest{9, kNode}});
  add("nack", Message{membership::Nack{9}});
  add("refused", Message{membership::Refused{"store-2", "dir:elsewhere"}});
  add("digest", gossip::Message{gossip::SyncDigest{77, 3}});
  add("buckets", gossip::Message{std::move(buckets)});
  add("keys", gossip::Message{gossip::SyncKeys{{1, 5}, {{key, 4}, {key, 5}}}});
  add("wants", gossip::Message{gossip::SyncWants{{key}}});
  folder.add("packet", "rumours",
             wire::encode_packet({gossip::Message{gossip::Rumours{}}, {statement, statement}}));
  folder.add("frame", "packet",
             wire::encode_packet({Message{membership::Ping{9, kNode}}, {statement}}));
}

void add_statements(SeedFolder& folder) {
  const NodeId id = author().id();
  NameRecord record;
  record.name = "ledger";
  record.node = id;
  record.endpoint = kEndpoint;
  record.epoch = 3;
  record.attributes = {{"zone", "a"}, {"version", "2"}};
  const std::pair<const char*, wire::StatementBody> bodies[] = {
      {"member", member()},
      {"member-admitted", admitted_member()},
      {"member-zoned", zoned_member()},
      {"verdict", membership::Verdict{kNode, 7, MemberState::down}},
      {"record", naming::RecordStatement{record, 4, false}},
      {"spec", ownership::SpecAnnouncement{"ledger", 2}},
      {"claim", ownership::ClaimAnnouncement{{"ledger", 0}, 3, id, 12}},
      {"key-ring", two_keys()},
      {"carried", wire::Carried{70, true, 2, "of-later", to_bytes("content")}}};
  for (const auto& [name, body] : bodies) {
    folder.add("statement", name, wire::encode_body(body));
    folder.add("statement", std::string{name} + "-signed", wire::sign_statement(author(), body));
  }
}

/// The message alone, since the target seals it.
void add_stored(SeedFolder& folder, const char* target, const char* name, const Bytes& object) {
  constexpr std::size_t kEnvelopeBytes = 24;
  folder.add(target, name, ByteView{object}.subspan(kEnvelopeBytes));
}

void add_objects(SeedFolder& folder) {
  WriteBatch batch;
  batch.put("key", "value");
  batch.remove("gone");
  const Bytes operations = wire::encode_operations(batch);
  folder.add("operations", "put-and-remove", operations);
  folder.add("operations", "none", wire::encode_operations({}));

  journal::JournalEntry entry;
  entry.epoch = 3;
  entry.writer = kNode;
  entry.nonce.bytes[0] = 9;
  entry.spec_version = 2;
  add_stored(folder, "journal_entry", "claim", wire::encode_journal_entry(entry, kSeal));
  entry.type = journal::EntryType::batch;
  entry.commits = {{5, operations}, {6, operations}};
  add_stored(folder, "journal_entry", "batch", wire::encode_journal_entry(entry, kSeal));
  entry.type = journal::EntryType::freeze;
  entry.commits.clear();
  entry.covers = 4;
  entry.attempt = 1;
  entry.manifest_key = "files/ledger/0/x";
  add_stored(folder, "journal_entry", "freeze", wire::encode_journal_entry(entry, kSeal));

  journal::Manifest manifest;
  manifest.unit = {"ledger", 0};
  manifest.epoch = 3;
  manifest.attempt = 1;
  manifest.sequence = 6;
  manifest.files = {{"CURRENT", "files/ledger/0/a", 16, {}}, {"x.sst", "files/ledger/0/b", 99, {}}};
  add_stored(folder, "manifest", "two-files", wire::encode_manifest(manifest, kSeal));

  ownership::SpecVersion spec;
  spec.spec.name = "ledger";
  spec.spec.arguments = "--fast";
  spec.version = 2;
  add_stored(folder, "spec", "deploy", wire::encode_spec(spec, kSeal));
  spec.is_undeploy = true;
  add_stored(folder, "spec", "undeploy", wire::encode_spec(spec, kSeal));
}

void add_keys(SeedFolder& folder) {
  const Bytes body = wire::encode_body(two_keys());
  folder.add_text("kept_keys", "key-changed", {0}, as_text(body));
  folder.add_text("kept_keys", "same-key", {1}, as_text(body));
  const Bytes wrapped = wire::wrap_data_key(kDataKey, {{4, 5, 6}}, {"fuzz", "another"}, {});
  folder.add("data_key", "of-another", wrapped);
  folder.add("data_key", "right", Bytes{1});
  folder.add("data_key", "altered", Bytes{1, 0, 4, 1});
  folder.add("data_key", "cut", Bytes{1, 1});
  folder.add_text("data_key", "under", {0}, "01234567");
}

void add_streams(SeedFolder& folder) {
  Bytes stream{7, 20};  // Pieces of 8 bytes; a reader that may hold 20.
  for (const std::size_t length : {3U, 40U, 1U}) {
    const auto head = encode_frame_length(length);
    stream.insert(stream.end(), head.begin(), head.end());
    stream.resize(stream.size() + length, static_cast<std::uint8_t>(length));
  }
  folder.add("frame_reader", "three", stream);
  folder.add("frame_reader", "empty-frame", Bytes{1, 9, 0, 0, 0, 0});
  folder.add("frame_reader", "too-long", Bytes{1, 9, 0, 0, 1, 0, 1});
}

}  // namespace

void add_wire_seeds(SeedFolder& folder) {
  add_packets(folder);
  add_statements(folder);
  add_objects(folder);
  add_keys(folder);
  add_streams(folder);
}

}  // namespace gossamer::fuzz
