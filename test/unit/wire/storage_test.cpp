#include "wire/storage.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <string>

#include "arbitrary.hpp"
#include "base/hash.hpp"
#include "sealed.hpp"
#include "wire/bounds.hpp"

namespace gossamer::wire {
namespace {

bool same(const ownership::SpecVersion& a, const ownership::SpecVersion& b) {
  return a.version == b.version && a.is_undeploy == b.is_undeploy && a.spec.name == b.spec.name &&
         a.spec.factory == b.spec.factory && a.spec.arguments == b.spec.arguments &&
         a.spec.instances == b.spec.instances && a.spec.takeover_delay == b.spec.takeover_delay &&
         a.spec.start_timeout == b.spec.start_timeout &&
         a.spec.ship_interval == b.spec.ship_interval &&
         a.spec.freeze_after_entries == b.spec.freeze_after_entries;
}

bool same(const WriteBatch& a, const WriteBatch& b) {
  if (a.operations().size() != b.operations().size()) return false;
  for (std::size_t i = 0; i < a.operations().size(); ++i) {
    if (a.operations()[i].key != b.operations()[i].key) return false;
    if (a.operations()[i].value != b.operations()[i].value) return false;
  }
  return a.byte_count() == b.byte_count();
}

journal::JournalEntry some_entry() {
  journal::JournalEntry entry;
  entry.type = journal::EntryType::batch;
  entry.epoch = 3;
  entry.writer.bytes.fill(0x11);
  entry.nonce.bytes.fill(0x22);
  entry.commits = {{41, to_bytes("first")}, {42, to_bytes("second")}};
  return entry;
}

journal::Manifest some_manifest() {
  journal::Manifest manifest;
  manifest.unit = {"ledger", 1};
  manifest.epoch = 3;
  manifest.attempt = 2;
  manifest.sequence = 42;
  manifest.files = {{"CURRENT", "files/ledger/1/x", 16, content_hash(as_bytes("x"))}};
  return manifest;
}

ownership::SpecVersion some_spec() {
  ownership::SpecVersion spec;
  spec.spec.name = "ledger";
  spec.spec.arguments = "--fast";
  spec.version = 5;
  return spec;
}

TEST_CASE("storage: every journal entry comes back, and encodes to the same bytes each time") {
  const bool holds = rc::check([] {
    const journal::JournalEntry entry = arbitrary::journal_entry();
    const Bytes bytes = seal_journal_entry(entry);
    RC_ASSERT(bytes == seal_journal_entry(entry));
    const auto decoded = open_journal_entry(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == entry);
    RC_ASSERT(seal_journal_entry(*decoded) == bytes);
  });
  CHECK(holds);
}

TEST_CASE("storage: every manifest comes back, and encodes to the same bytes each time") {
  const bool holds = rc::check([] {
    const journal::Manifest manifest = arbitrary::manifest();
    const Bytes bytes = seal_manifest(manifest);
    RC_ASSERT(bytes == seal_manifest(manifest));
    const auto decoded = open_manifest(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == manifest);
  });
  CHECK(holds);
}

TEST_CASE("storage: every spec comes back, and encodes to the same bytes each time") {
  const bool holds = rc::check([] {
    const ownership::SpecVersion spec = arbitrary::spec_version();
    const Bytes bytes = seal_spec(spec);
    RC_ASSERT(bytes == seal_spec(spec));
    const auto decoded = open_spec(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(same(*decoded, spec));
  });
  CHECK(holds);
}

TEST_CASE("storage: every batch of operations comes back, and encodes to the same bytes") {
  const bool holds = rc::check([] {
    const WriteBatch batch = arbitrary::write_batch();
    const Bytes bytes = encode_operations(batch);
    RC_ASSERT(bytes == encode_operations(batch));
    const auto decoded = decode_operations(bytes);
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(same(*decoded, batch));
  });
  CHECK(holds);
}

TEST_CASE("storage: an empty value is not a removal") {
  WriteBatch batch;
  batch.put("a", "");
  batch.remove("b");
  const auto decoded = decode_operations(encode_operations(batch));
  REQUIRE(decoded.has_value());
  CHECK(decoded->operations()[0].value == std::optional<std::string>{""});
  CHECK(decoded->operations()[1].value == std::nullopt);
}

TEST_CASE("storage: the largest batch, and an entry full of them, come back") {
  WriteBatch batch;
  batch.put("key", std::string(WriteBatch::kBytesMax - 3, 'v'));
  const Bytes operations = encode_operations(batch);
  CHECK(operations.size() < WriteBatch::kBytesMax + 200);
  journal::JournalEntry entry = some_entry();
  entry.commits.clear();
  for (std::uint64_t i = 1; i <= 4; ++i) entry.commits.push_back({i, operations});
  const auto decoded = open_journal_entry(seal_journal_entry(entry));
  REQUIRE(decoded.has_value());
  CHECK(*decoded == entry);
}

TEST_CASE("storage: what is stored is read at any alignment") {
  WriteBatch batch;
  batch.put("key", "value");
  const Bytes entry = seal_journal_entry(some_entry());
  const Bytes operations = encode_operations(batch);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    const auto shifted = [&](const Bytes& bytes) {
      Bytes copy(offset);
      copy.insert(copy.end(), bytes.begin(), bytes.end());
      return copy;
    };
    const Bytes entry_there = shifted(entry);
    const Bytes operations_there = shifted(operations);
    CHECK(open_journal_entry(ByteView{entry_there}.subspan(offset)).has_value());
    CHECK(decode_operations(ByteView{operations_there}.subspan(offset)).has_value());
  }
}

TEST_CASE("storage: one flipped bit in an object is noticed") {
  const Bytes good = seal_journal_entry(some_entry());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto decoded = open_journal_entry(bad);
    REQUIRE_FALSE(decoded.has_value());
    const bool is_in_the_version = bit / 8 == 3;
    CHECK(decoded.error().code ==
          (is_in_the_version ? ErrorCode::version_mismatch : ErrorCode::corrupted));
  }
}

TEST_CASE("storage: cut anywhere an object is corrupt") {
  const Bytes manifest = seal_manifest(some_manifest());
  for (std::size_t size = 0; size < manifest.size(); ++size) {
    CHECK_FALSE(open_manifest(ByteView{manifest}.first(size)).has_value());
  }
}

TEST_CASE("storage: an object of one kind is not read as another") {
  const Bytes spec = seal_spec(some_spec());
  CHECK_FALSE(open_manifest(spec).has_value());
  CHECK_FALSE(open_journal_entry(spec).has_value());
  CHECK_FALSE(open_spec(seal_manifest(some_manifest())).has_value());
  CHECK_FALSE(open_spec(to_bytes("not an object of ours at all")).has_value());
}

TEST_CASE("storage: an entry of an unknown type belongs to a newer version") {
  journal::JournalEntry entry = some_entry();
  entry.type = static_cast<journal::EntryType>(9);
  const auto decoded = open_journal_entry(seal_journal_entry(entry));
  REQUIRE_FALSE(decoded.has_value());
  CHECK(decoded.error().code == ErrorCode::version_mismatch);
}

TEST_CASE("storage: a manifest that needs a newer version is read, so that it can be told") {
  journal::Manifest manifest = some_manifest();
  manifest.format = journal::kManifestFormat + 1;
  const auto decoded = open_manifest(seal_manifest(manifest));
  REQUIRE(decoded.has_value());
  CHECK(decoded->format == journal::kManifestFormat + 1);
}

TEST_CASE("storage: an object of a format to come belongs to a newer version") {
  Bytes spec = seal_spec(some_spec());
  spec[3] = 3;
  const auto decoded = open_spec(spec);
  REQUIRE_FALSE(decoded.has_value());
  CHECK(decoded.error().code == ErrorCode::version_mismatch);
}

TEST_CASE("storage: a batch with a gap, and a spec out of its ranges, are corrupt") {
  journal::JournalEntry entry = some_entry();
  entry.commits.back().sequence += 1;
  CHECK_FALSE(open_journal_entry(seal_journal_entry(entry)).has_value());

  ownership::SpecVersion spec = some_spec();
  spec.spec.instances = 0;
  CHECK_FALSE(open_spec(seal_spec(spec)).has_value());
  spec.is_undeploy = true;
  CHECK(open_spec(seal_spec(spec)).has_value());
}

// Each change alone puts one number above the bound; on the bound it is read.
template <class T, class Encode, class Decode>
void check_counters(const T& good, Encode encode, Decode decode,
                    std::vector<std::uint64_t& (*)(T&)> counters) {
  for (std::size_t i = 0; i < counters.size(); ++i) {
    INFO("row " << i);
    T object = good;
    counters[i](object) = kCounterMax;
    CHECK(decode(encode(object)).has_value());
    for (const std::uint64_t beyond : {kCounterMax + 1, UINT64_MAX}) {
      counters[i](object) = beyond;
      const auto decoded = decode(encode(object));
      REQUIRE_FALSE(decoded.has_value());
      CHECK(decoded.error().code == ErrorCode::corrupted);
      CHECK(decoded.error().detail.find(std::to_string(beyond)) != std::string::npos);
    }
  }
}

TEST_CASE("storage: no number of an object is beyond what can be counted up from") {
  using Entry = journal::JournalEntry;
  Entry entry = some_entry();
  entry.commits.resize(1);
  check_counters<Entry>(entry, seal_journal_entry, open_journal_entry,
                        {[](Entry& e) -> std::uint64_t& { return e.epoch; },
                         [](Entry& e) -> std::uint64_t& { return e.spec_version; },
                         [](Entry& e) -> std::uint64_t& { return e.covers; },
                         [](Entry& e) -> std::uint64_t& { return e.attempt; },
                         [](Entry& e) -> std::uint64_t& { return e.commits[0].sequence; }});
  using Manifest = journal::Manifest;
  check_counters<Manifest>(some_manifest(), seal_manifest, open_manifest,
                           {[](Manifest& m) -> std::uint64_t& { return m.epoch; },
                            [](Manifest& m) -> std::uint64_t& { return m.attempt; },
                            [](Manifest& m) -> std::uint64_t& { return m.sequence; }});
  using Spec = ownership::SpecVersion;
  check_counters<Spec>(some_spec(), seal_spec, open_spec,
                       {[](Spec& s) -> std::uint64_t& { return s.version; }});
}

TEST_CASE("storage: what the first release wrote is these bytes, and is read") {
  WriteBatch batch;
  batch.put("k", "v");
  batch.remove("gone");
  CHECK(to_hex(seal_journal_entry(some_entry())) ==
        "67736d026a000000c2cc4f75c378b28d6a4dba50b1532e8b"
        "000000001300000000000000090002000300000000000000"
        "11111111111111111111111111111111222222222222222222222222222222220000000000000000"
        "00000000000000000000000000000000020000000000000005000000270000000000000000000000"
        "08000000010001002900000000000000090000002a0000002a000000000000000500000032000000"
        "66697273740000007365636f6e640000");
  CHECK(to_hex(seal_manifest(some_manifest())) ==
        "67736d026d00000042234176cde5daaf09e63e720deeb98c"
        "000000001500000000000000040002000300000000000000"
        "02000000000000002a000000000000000100000001000000050000003a0000000500000027000000"
        "6c65646765720000040000000100030010000000000000000900000042000000090000008a000000"
        "110000000201000043555252454e540066696c65732f6c65646765722f312f780000000000000000"
        "d161d71145abeec5ef15abcf0459cec60a27321e2f0ac0ef7ace5254f5944476");
  CHECK(to_hex(seal_spec(some_spec())) ==
        "67736d0273000000abfb98d3b6ef012065f023b4f566a3f2"
        "000000000c00000000000000060003000500000000000000"
        "00000000000000003075000000000000e80300000000000001000000e80300000000000000000000"
        "090000003a000000000000000000000005000000320000006c656467657200002d2d666173740000");
  CHECK(to_hex(encode_operations(batch)) ==
        "000000000c0000000000000000000100010000003700000008000000010002000000000000000000"
        "110000000a000000110000000a00000001000000000000000d000000220000000000000000000000"
        "6b000000000000007600000000000000676f6e6500000000");
}

}  // namespace
}  // namespace gossamer::wire
