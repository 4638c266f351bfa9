#include "keys/key_ring.hpp"

#include <catch2/catch.hpp>

namespace gossamer::keys {
namespace {

ClusterKey key(std::uint8_t number) {
  ClusterKey key;
  key.bytes.fill(number);
  return key;
}

TEST_CASE("keys: a ring names its primary first, and finds keys by their ids") {
  const KeyRing ring{{key(1), key(2)}};
  CHECK(ring.primary() == key(1));
  CHECK(ring.ids() == std::vector{key(1).id(), key(2).id()});
  REQUIRE(ring.find(key(2).id()) != nullptr);
  CHECK(*ring.find(key(2).id()) == key(2));
  CHECK(ring.find(key(3).id()) == nullptr);
}

TEST_CASE("keys: a ring has one to eight keys, none of them twice") {
  CHECK_FALSE(KeyRing::is_acceptable({}));
  CHECK_FALSE(KeyRing::is_acceptable({key(1), key(2), key(1)}));
  std::vector<ClusterKey> keys;
  for (std::uint8_t i = 1; i <= KeyRing::kKeysMax; ++i) keys.push_back(key(i));
  CHECK(KeyRing::is_acceptable(keys));
  keys.push_back(key(99));
  CHECK_FALSE(KeyRing::is_acceptable(keys));
}

TEST_CASE(
    "keys: of two changes the later number wins, of two with one number always the same one") {
  const RingStatement a{5, KeyRing{{key(1), key(2)}}};
  const RingStatement b{5, KeyRing{{key(2), key(1)}}};
  CHECK(a.version() != b.version());
  CHECK(RingStatement{6, b.ring}.version() > a.version());
  CHECK(RingStatement{6, a.ring}.version() > b.version());
  CHECK(RingStatement{RingStatement::kNumberMax, a.ring}.version() < (std::uint64_t{1} << 62));
}

}  // namespace
}  // namespace gossamer::keys
