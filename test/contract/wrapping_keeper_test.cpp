// The data key comes to lie under every cluster key, however long the store is away.

#include "objects/wrapping_keeper.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "unit/driver/toy_ports.hpp"

namespace gossamer::objects {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

wire::ClusterKey cluster_key(std::uint8_t first) {
  wire::ClusterKey key;
  key.bytes[0] = first;
  return key;
}

/// Objects that are out of reach for a while. What is not asked for here does not answer.
class DistantObjects final : public ObjectStore {
 public:
  explicit DistantObjects(driver::ToyLoop& loop) : near_(loop), loop_(loop) {}

  std::string_view place() const noexcept override { return "distant:"; }
  void create(std::string key, std::shared_ptr<ByteSource> source, Done done) override {
    ++creates;
    REQUIRE(++under_way == 1);
    Done counted = [this, done = std::move(done)](const ObjectResult& result) mutable {
      --under_way;
      done(result);
    };
    if (!is_away) return near_.create(std::move(key), std::move(source), std::move(counted));
    loop_.post([counted = std::move(counted)]() mutable {
      counted({ObjectOutcome::unknown, "out of reach"});
    });
  }
  void get(std::string key, std::optional<Range> range, std::shared_ptr<ByteSink> sink,
           Done done) override {
    near_.get(std::move(key), range, std::move(sink), std::move(done));
  }
  void put(std::string, std::shared_ptr<ByteSource>, Done) override {}
  void remove(std::string, Done) override {}
  void list(std::string, std::string, std::size_t, Listed) override {}

  std::map<std::string, Bytes>& held() { return near_.held; }

  bool is_away = false;
  int creates = 0;
  int under_way = 0;

 private:
  driver::ToyObjects near_;
  driver::ToyLoop& loop_;
};

struct TestClock final : Clock {
  Instant now() override { return time; }
  std::uint64_t wall_ms() override { return 0; }
  Instant time{};
};

struct Place {
  explicit Place(std::uint64_t seed = 1)
      : keeper(std::make_unique<WrappingKeeper>(
            objects, clock, WrappingKeeper::Place{"shop", "store", {{7}}},
            WrappingKeeper::Callbacks{
                [this] { return wire::WrapNonce{{++nonces}}; },
                [this](Instant when) { due = when; },
                [this](std::uint32_t id, const Error&) { failed.push_back(id); },
                [this](std::uint32_t id) { mended.push_back(id); }},
            seed)) {}

  void ring(const std::vector<wire::ClusterKey>& keys) {
    keeper->on_ring(keys);
    loop.run_posted();
  }
  /// Lets time pass. How often it was tried again.
  int pass(Duration by) {
    const Instant until = clock.time + by;
    int rounds = 0;
    while (due && *due <= until) {
      REQUIRE(*due > clock.time);
      clock.time = *std::exchange(due, std::nullopt);
      keeper->on_due();
      loop.run_posted();
      ++rounds;
    }
    clock.time = until;
    return rounds;
  }
  bool opens_with(std::uint8_t first) {
    const auto at = objects.held().find(fmt::format("data-keys/{:08x}", cluster_key(first).id()));
    if (at == objects.held().end()) return false;
    const auto opened = wire::unwrap_data_key(at->second, cluster_key(first), {"shop", "store"});
    return opened && *opened == wire::DataKey{{7}};
  }

  driver::ToyLoop loop{};
  DistantObjects objects{loop};
  TestClock clock{};
  std::optional<Instant> due{};
  std::uint8_t nonces = 0;
  std::vector<std::uint32_t> failed{}, mended{};
  std::unique_ptr<WrappingKeeper> keeper;
};

TEST_CASE(
    "wrapping: a ring's keys are seen to at once, one after the other, and then there is rest") {
  Place place;
  place.ring({cluster_key(1), cluster_key(2)});
  CHECK(place.opens_with(1));
  CHECK(place.opens_with(2));
  CHECK_FALSE(place.due);
  CHECK(place.failed.empty());
  CHECK(place.mended.empty());
}

TEST_CASE(
    "wrapping: after an hour without the store it is done soon, and it was asked ever more "
    "seldom") {
  Place place;
  place.objects.is_away = true;
  place.ring({cluster_key(1), cluster_key(2)});
  const int early = place.pass(minutes{1});
  CHECK(early >= 3);
  CHECK(early <= 6);
  const int later = place.pass(minutes{59});
  CHECK(later >= 6);
  CHECK(later <= 20);
  CHECK(place.objects.creates <= 5 * 2 * 27);  // 5 at once, for each of two.
  CHECK(place.failed.size() == 2);             // Told once each.
  CHECK(place.mended.empty());

  place.objects.is_away = false;
  place.pass(WrappingKeeper::kGapMax);
  CHECK(place.opens_with(1));
  CHECK(place.opens_with(2));
  CHECK(place.mended.size() == 2);
  CHECK_FALSE(place.due);
}

TEST_CASE("wrapping: what lies in its place is told, and it is done once that was taken away") {
  Place place;
  const std::string name = fmt::format("data-keys/{:08x}", cluster_key(2).id());
  place.objects.held()[name] = to_bytes("something else");
  place.ring({cluster_key(1), cluster_key(2)});
  CHECK(place.opens_with(1));
  CHECK(place.failed == std::vector<std::uint32_t>{cluster_key(2).id()});
  place.pass(hours{1});
  CHECK_FALSE(place.opens_with(2));
  place.objects.held().erase(name);
  place.pass(WrappingKeeper::kGapMax);
  CHECK(place.opens_with(2));
}

TEST_CASE(
    "wrapping: a ring that changes meanwhile is seen to anew, and a key that left it no more") {
  Place place;
  place.objects.is_away = true;
  place.ring({cluster_key(1), cluster_key(2)});
  place.pass(hours{1});
  place.ring({cluster_key(2), cluster_key(3)});
  CHECK(place.failed.size() == 4);
  REQUIRE(place.due);
  CHECK(*place.due - place.clock.time <= WrappingKeeper::kFirstGap);
  place.objects.is_away = false;
  place.pass(WrappingKeeper::kFirstGap);
  CHECK_FALSE(place.opens_with(1));
  CHECK(place.opens_with(2));
  CHECK(place.opens_with(3));
}

TEST_CASE("wrapping: a ring that changes while the store is asked is seen to whole") {
  Place place;
  place.keeper->on_ring(std::vector{cluster_key(1), cluster_key(2)});
  place.keeper->on_ring(std::vector{cluster_key(2), cluster_key(3)});
  place.loop.run_posted();
  CHECK(place.opens_with(2));
  CHECK(place.opens_with(3));
  CHECK_FALSE(place.due);
}

TEST_CASE("wrapping: nodes that lost the store together do not come back together") {
  std::set<Instant> dues;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Place place{seed};
    place.objects.is_away = true;
    place.ring({cluster_key(1)});
    place.pass(minutes{30});
    REQUIRE(place.due);
    dues.insert(*place.due);
  }
  CHECK(dues.size() == 8);
}

TEST_CASE("wrapping: an answer that comes after its end goes nowhere") {
  Place place;
  place.objects.is_away = true;
  place.keeper->on_ring(std::vector{cluster_key(1)});
  place.keeper.reset();
  place.loop.run_posted();
  CHECK(place.failed.empty());
}

}  // namespace
}  // namespace gossamer::objects
