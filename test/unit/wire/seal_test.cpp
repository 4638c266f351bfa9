// What keeps somebody who writes into the object store, and holds no key, from being believed.

#include <catch2/catch.hpp>
#include <string>

#include "base/hash.hpp"
#include "sealed.hpp"

namespace gossamer::wire {
namespace {

journal::JournalEntry claim_of(std::uint64_t epoch) {
  journal::JournalEntry entry;
  entry.type = journal::EntryType::claim;
  entry.epoch = epoch;
  return entry;
}

const std::string kSlot1 = "journal/ledger/0/00000000000000000001";

TEST_CASE("seal: an entry is read under its own name and key only") {
  const DataKey key{{1}};
  const Bytes bytes = encode_journal_entry(claim_of(1), {key, kSlot1});
  REQUIRE(decode_journal_entry(bytes, {key, kSlot1}).has_value());
  CHECK(is_sealed(bytes, {key, kSlot1}));
  const std::string elsewhere[] = {"journal/ledger/0/00000000000000000002",
                                   "journal/ledger/1/00000000000000000001",
                                   "journal/ledges/0/00000000000000000001", "", kSlot1 + "/"};
  for (const std::string& name : elsewhere) {
    CAPTURE(name);
    const auto moved = decode_journal_entry(bytes, {key, name});
    REQUIRE_FALSE(moved.has_value());
    CHECK(moved.error().code == ErrorCode::corrupted);
    CHECK(moved.error().detail ==
          "journal entry: its seal does not hold: damaged, or written by somebody without the "
          "cluster's data key");
    CHECK_FALSE(is_sealed(bytes, {key, name}));
  }
  CHECK_FALSE(decode_journal_entry(bytes, {DataKey{{2}}, kSlot1}).has_value());
}

TEST_CASE("seal: an object of the first format, with a checksum for a seal, is told as such") {
  Bytes old = to_bytes("gsm");
  old.push_back(1);
  old.push_back('s');
  old.resize(40);
  const auto decoded = open_spec(old);
  REQUIRE_FALSE(decoded.has_value());
  CHECK(decoded.error().code == ErrorCode::version_mismatch);
  CHECK(decoded.error().detail == "spec: stored in format 1, this build reads 2");
}

ClusterKey cluster_key(std::uint8_t first) {
  ClusterKey key;
  key.bytes[0] = first;
  return key;
}

TEST_CASE("data key: wrapped under a cluster key it opens with that, for that cluster and store") {
  const DataKey key{{1, 2, 3}};
  const WrapNonce nonce{{9}};
  const ClusterKey under = cluster_key(1);
  const Bytes wrapped = wrap_data_key(key, under, {"shop", "store"}, nonce);
  CHECK(wrapped == wrap_data_key(key, under, {"shop", "store"}, nonce));
  REQUIRE(wrapped.size() == kWrappedDataKeyBytes);
  CHECK(wrapping_key_id(wrapped) == under.id());
  const auto opened = unwrap_data_key(wrapped, under, {"shop", "store"});
  REQUIRE(opened.has_value());
  CHECK(*opened == key);
  CHECK_FALSE(unwrap_data_key(wrapped, cluster_key(2), {"shop", "store"}).has_value());
  CHECK_FALSE(unwrap_data_key(wrapped, under, {"shoq", "store"}).has_value());
  CHECK_FALSE(unwrap_data_key(wrapped, under, {"shop", "other"}).has_value());
  CHECK_FALSE(unwrap_data_key(wrapped, under, {"shops", "tore"}).has_value());
}

TEST_CASE("data key: what the first release wrapped is these bytes") {
  const Bytes wrapped =
      wrap_data_key(DataKey{{1, 2, 3}}, cluster_key(1), {"shop", "store"}, WrapNonce{{9}});
  CHECK(to_hex(wrapped) ==
        "67736b01afbc1c05090000000000000000000000000000000000000000000000"
        "7b3cd2962cff6779752d126d2272bf54ae8a8676c4db98826134ea32946c88203082f9d4b6424970fc5c72da29"
        "08090b");
}

TEST_CASE("data key: a flipped bit, or a byte too few or too many, and it does not open") {
  const ClusterKey under = cluster_key(1);
  const Bytes wrapped = wrap_data_key(DataKey{{1}}, under, {"shop", "store"}, WrapNonce{});
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    Bytes bad = wrapped;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1 << (bit % 8)));
    CHECK_FALSE(unwrap_data_key(bad, under, {"shop", "store"}).has_value());
  }
  Bytes longer = wrapped;
  longer.push_back(0);
  CHECK_FALSE(unwrap_data_key(longer, under, {"shop", "store"}).has_value());
  CHECK_FALSE(unwrap_data_key(ByteView{wrapped}.first(79), under, {"shop", "store"}).has_value());
  CHECK_FALSE(unwrap_data_key({}, under, {"shop", "store"}).has_value());
}

}  // namespace
}  // namespace gossamer::wire
