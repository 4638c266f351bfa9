#include "keys/rotation.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

namespace gossamer::keys {
namespace {

using std::chrono::seconds;

const Instant kStart{seconds{100}};

ClusterKey key(std::uint8_t number) {
  ClusterKey key;
  key.bytes.fill(number);
  return key;
}

bool opens(const Rotation& rotation, const ClusterKey& wanted) {
  const auto keys = rotation.openable();
  return std::find(keys.begin(), keys.end(), wanted) != keys.end();
}

Holder holder(const char* name, std::vector<std::uint8_t> numbers) {
  Holder holder{name, {}};
  for (const std::uint8_t number : numbers) holder.key_ids.push_back(key(number).id());
  return holder;
}

/// Takes what it told itself.
void take(Rotation& rotation, Instant now, const Result<RingStatement>& told) {
  REQUIRE(told.has_value());
  REQUIRE(rotation.on_ring(now, *told));
}

TEST_CASE("keys: added, used, and the old one removed, which is opened 30 s longer") {
  Rotation rotation{KeyRing{key(1)}};
  take(rotation, kStart, rotation.with(key(2)));
  CHECK(rotation.ring().primary() == key(1));
  CHECK(opens(rotation, key(2)));
  take(rotation, kStart, rotation.with_primary(key(2).id(), {holder("a", {1, 2})}));
  CHECK(rotation.ring().primary() == key(2));
  CHECK(opens(rotation, key(1)));
  take(rotation, kStart, rotation.without(key(1).id(), {holder("a", {2, 1})}));
  CHECK(rotation.ring() == KeyRing{key(2)});
  CHECK(opens(rotation, key(1)));
  REQUIRE(rotation.next_deadline() == kStart + Rotation::kRetirement);
  CHECK_FALSE(rotation.on_deadline(kStart + Rotation::kRetirement - seconds{1}));
  CHECK(rotation.on_deadline(kStart + Rotation::kRetirement));
  CHECK_FALSE(opens(rotation, key(1)));
  CHECK(rotation.next_deadline() == std::nullopt);
}

TEST_CASE("keys: no step is taken before every live member has taken the one before") {
  Rotation rotation{KeyRing{key(1)}};
  take(rotation, kStart, rotation.with(key(2)));
  const auto early = rotation.with_primary(
      key(2).id(), {holder("a", {1, 2}), holder("b", {1}), holder("old", {})});
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().code == ErrorCode::unavailable);
  CHECK(early.error().detail.find("not come to b, old yet") != std::string::npos);
  take(rotation, kStart, rotation.with_primary(key(2).id(), {holder("a", {1, 2})}));
  const auto hasty = rotation.without(key(1).id(), {holder("a", {2, 1}), holder("b", {1, 2})});
  REQUIRE_FALSE(hasty.has_value());
  CHECK(hasty.error().code == ErrorCode::unavailable);
  CHECK(hasty.error().detail.find("b has not gone over") != std::string::npos);
}

TEST_CASE("keys: of many who lack a key five are named") {
  Rotation rotation{KeyRing{key(1)}};
  take(rotation, kStart, rotation.with(key(2)));
  const std::vector<Holder> live(9, holder("x", {1}));
  const auto early = rotation.with_primary(key(2).id(), live);
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().detail.find("x, x, x, x, x and 4 more") != std::string::npos);
}

TEST_CASE("keys: a wrong step is refused with its reason") {
  Rotation rotation{KeyRing{key(1)}};
  CHECK(rotation.with(key(1)).error().code == ErrorCode::already_exists);
  CHECK(rotation.with_primary(key(1).id(), {}).error().code == ErrorCode::already_exists);
  CHECK(rotation.with_primary(key(7).id(), {}).error().code == ErrorCode::not_found);
  CHECK(rotation.without(key(1).id(), {}).error().code == ErrorCode::invalid_argument);
  CHECK(rotation.without(key(7).id(), {}).error().code == ErrorCode::not_found);
  for (std::uint8_t i = 2; i <= KeyRing::kKeysMax; ++i)
    take(rotation, kStart, rotation.with(key(i)));
  CHECK(rotation.with(key(99)).error().code == ErrorCode::resource_exhausted);
}

TEST_CASE("keys: an older ring, or none, changes nothing") {
  Rotation rotation{KeyRing{key(1)}};
  const RingStatement first = *rotation.with(key(2));
  take(rotation, kStart, first);
  take(rotation, kStart, rotation.with(key(3)));
  CHECK_FALSE(rotation.on_ring(kStart, first));
  CHECK_FALSE(rotation.on_ring(kStart, RingStatement{1'000, KeyRing{}}));
  CHECK_FALSE(
      rotation.on_ring(kStart, RingStatement{RingStatement::kNumberMax + 1, KeyRing{key(9)}}));
  CHECK(rotation.ring().ids().size() == 3);
}

TEST_CASE("keys: a ring far ahead of what is held is not taken for the cluster's last") {
  Rotation fresh{KeyRing{key(1)}};
  CHECK_FALSE(fresh.on_ring(kStart, RingStatement{RingStatement::kNumberMax, KeyRing{key(9)}}));
  CHECK_FALSE(fresh.on_ring(kStart, RingStatement{RingStatement::kStepsMax + 1, KeyRing{key(9)}}));
  CHECK(fresh.on_ring(kStart, RingStatement{5'000, KeyRing{{key(1), key(2)}}}));
  CHECK_FALSE(
      fresh.on_ring(kStart, RingStatement{5'001 + RingStatement::kStepsMax, KeyRing{key(9)}}));
  CHECK(fresh.with(key(3)).has_value());
}

TEST_CASE("keys: a restart goes on with the ring it held, whatever the unchanged file says") {
  const RingStatement kept{4, KeyRing{{key(2), key(3)}}};
  const Rotation rotation{KeyRing{key(1)}, false, kept};
  CHECK(rotation.ring() == kept.ring);
  CHECK_FALSE(opens(rotation, key(1)));
}

TEST_CASE("keys: a new key file is followed until the cluster's ring is heard") {
  const RingStatement kept{4, KeyRing{{key(2), key(3)}}};
  Rotation rotation{KeyRing{key(1)}, true, kept};
  CHECK(rotation.ring().primary() == key(1));
  CHECK(opens(rotation, key(2)));
  CHECK(rotation.on_ring(kStart, RingStatement{5, KeyRing{{key(4), key(1)}}}));
  CHECK(rotation.ring().primary() == key(4));
}

TEST_CASE("keys: whatever rings come in whatever order, all end with the same one, within bounds") {
  const bool holds = rc::check([] {
    std::vector<RingStatement> told;
    for (int i = 0; i < 12; ++i) {
      std::vector<ClusterKey> keys;
      const auto count = *rc::gen::inRange(1, 9);
      for (int k = 0; k < count; ++k) {
        keys.push_back(key(static_cast<std::uint8_t>(*rc::gen::inRange(1, 30))));
      }
      if (!KeyRing::is_acceptable(keys)) continue;
      told.push_back({*rc::gen::inRange<std::uint64_t>(1, 4), KeyRing{keys}});
    }
    Rotation a{KeyRing{key(1)}};
    Rotation b{KeyRing{key(1)}};
    for (const auto& one : told) a.on_ring(kStart, one);
    std::reverse(told.begin(), told.end());
    for (const auto& one : told) b.on_ring(kStart, one);
    RC_ASSERT(a.ring() == b.ring());
    RC_ASSERT(a.openable().size() <= 2 * KeyRing::kKeysMax);
  });
  CHECK(holds);
}

}  // namespace
}  // namespace gossamer::keys
