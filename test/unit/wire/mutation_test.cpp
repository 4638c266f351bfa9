// Damaged input: whatever is done to good bytes, a decoder answers or refuses. It does not crash,
// and under the sanitizers it does not err.

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "base/random.hpp"
#include "sealed.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"
#include "wire/storage.hpp"

namespace gossamer::wire {
namespace {

Identity self() {
  return Identity::from_seed(std::array<std::uint8_t, Identity::kSeedBytes>{});
}

Bytes mutate(Bytes bytes, Random& random) {
  for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = random.below(bytes.size());
    switch (random.below(6)) {
      case 0: bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << random.below(8))); break;
      case 1: bytes[at] = static_cast<std::uint8_t>(random.next()); break;
      case 2: bytes[at] = random.chance(1, 2) ? 0xff : 0x00; break;
      case 3: bytes.resize(at); break;
      case 4:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), 1 + random.below(16),
                     static_cast<std::uint8_t>(random.next()));
        break;
      default: bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at)); break;
    }
  }
  return bytes;
}

struct Tally {
  int accepted = 0;
  int refused = 0;
};

template <class Decode>
Tally run(const std::vector<Bytes>& seeds, int rounds, Decode decode) {
  Random random{42};
  Tally tally;
  for (int i = 0; i < rounds; ++i) {
    for (const Bytes& seed : seeds) {
      const Bytes mutant = mutate(seed, random);
      if (mutant == seed) continue;
      const auto decoded = decode(mutant);
      if (decoded) {
        ++tally.accepted;
      } else {
        ++tally.refused;
        const ErrorCode code = decoded.error().code;
        CHECK((code == ErrorCode::corrupted || code == ErrorCode::version_mismatch));
        CHECK(decoded.error().detail.size() < 400);
      }
    }
  }
  return tally;
}

membership::MemberStatement member() {
  membership::MemberStatement body;
  body.name = "web-1";
  body.endpoint = {"10.0.0.1", 7946};
  body.metadata = std::string(40, '\0');
  body.store_id = "0123456789abcdef";
  return body;
}

naming::RecordStatement record() {
  naming::RecordStatement body;
  body.record.name = "ledger";
  body.record.node = self().id();
  body.record.attributes = {{"zone", "a"}, {"rack", "7"}};
  return body;
}

TEST_CASE("mutation: a damaged statement is answered or refused") {
  const std::vector<Bytes> seeds = {
      sign_statement(self(), member()), sign_statement(self(), record()),
      sign_statement(self(), ownership::ClaimAnnouncement{{"ledger", 1}, 2, self().id(), 3})};
  const Tally tally = run(seeds, 4'000, [](const Bytes& bytes) {
    const auto decoded = decode_statement(bytes);
    if (decoded) CHECK(bytes.size() <= kStatementBytesMax);
    return decoded;
  });
  CHECK(tally.accepted > 0);
  CHECK(tally.refused > 0);
}

TEST_CASE("mutation: a damaged packet is answered or refused") {
  const auto statement = std::make_shared<const Bytes>(sign_statement(self(), member()));
  gossip::SyncKeys keys{{1, 2, 3}, {}};
  for (std::uint64_t i = 0; i < 30; ++i) {
    keys.held.push_back(
        {{gossip::EntryKind::record, self().id(), "ledger/" + std::to_string(i)}, i});
  }
  gossip::SyncBuckets buckets{std::vector<std::uint64_t>(gossip::kBucketCount, 0x0102030405060708)};
  const std::vector<Bytes> seeds = {
      encode_packet({membership::Message{membership::PingRequest{1, {}}}, {}}),
      encode_packet(
          {membership::Message{membership::Ping{1, self().id()}}, {statement, statement}}),
      encode_packet({gossip::Message{buckets}, {statement}}),
      encode_packet({gossip::Message{keys}, {}})};
  const Tally tally = run(seeds, 4'000, [](const Bytes& bytes) { return decode_packet(bytes); });
  CHECK(tally.accepted > 0);
  CHECK(tally.refused > 0);
}

TEST_CASE("mutation: a damaged batch of operations is answered or refused") {
  WriteBatch batch;
  for (int i = 0; i < 10; ++i) {
    batch.put("key" + std::to_string(i), std::string(20, 'v'));
    batch.remove("gone" + std::to_string(i));
  }
  const Tally tally = run({encode_operations(batch)}, 20'000, [](const Bytes& bytes) {
    const auto decoded = decode_operations(bytes);
    // Pointers that all lead to the same bytes must not multiply them.
    if (decoded) CHECK(decoded->byte_count() <= 4 * bytes.size() + 1024);
    return decoded;
  });
  CHECK(tally.accepted > 0);
  CHECK(tally.refused > 0);
}

TEST_CASE("mutation: a damaged stored object is refused") {
  journal::JournalEntry entry;
  entry.type = journal::EntryType::batch;
  entry.commits = {{1, to_bytes("one")}, {2, to_bytes("two")}};
  journal::Manifest manifest;
  manifest.unit.service = "ledger";
  manifest.files.resize(3);
  for (auto& file : manifest.files) file.name = file.key = "file";
  ownership::SpecVersion spec;
  spec.spec.name = "ledger";

  int accepted = run({seal_journal_entry(entry)}, 4'000, open_journal_entry).accepted;
  accepted += run({seal_manifest(manifest)}, 4'000, open_manifest).accepted;
  accepted += run({seal_spec(spec)}, 4'000, open_spec).accepted;
  CHECK(accepted == 0);
}

TEST_CASE("mutation: noise is refused by every decoder") {
  Random random{7};
  for (int i = 0; i < 5'000; ++i) {
    Bytes noise(random.below(300));
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(random.next());
    CHECK_FALSE(open_journal_entry(noise).has_value());
    CHECK_FALSE(open_manifest(noise).has_value());
    CHECK_FALSE(open_spec(noise).has_value());
    CHECK_FALSE(decode_statement(noise).has_value());
    static_cast<void>(decode_packet(noise));
    static_cast<void>(decode_operations(noise));
  }
}

}  // namespace
}  // namespace gossamer::wire
