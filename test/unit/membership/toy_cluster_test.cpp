// Both engines of several nodes together: what must come out of all the small rules.

#include "unit/membership/toy_cluster.hpp"

#include <catch2/catch.hpp>

namespace gossamer::membership {
namespace {

using toy::Cluster;
using toy::milliseconds;
using toy::statement;

TEST_CASE("membership: a cluster finds together through one seed", "[membership][cluster]") {
  const auto nodes = GENERATE(as<std::uint8_t>{}, 1, 2, 3, 5, 30);
  Cluster cluster{nodes};
  cluster.run_for(5'000);
  CHECK(cluster.all_see_all());
  CHECK(cluster.digests_agree());
  cluster.run_for(30'000);
  CHECK(cluster.all_see_all());
  CHECK(cluster.deaths == 0);
  CHECK(cluster.refutations == 0);
}

TEST_CASE("membership: a quiet cluster sends little beside its probes", "[membership][cluster]") {
  Cluster cluster{20};
  cluster.run_for(60'000);
  const std::uint64_t before = cluster.datagrams;
  const std::uint64_t frames = cluster.frames;
  cluster.run_for(100'000);
  const std::uint64_t per_node = (cluster.datagrams - before) / 20;
  CHECK(per_node >= 195);  // One ping and one ack in each second.
  CHECK(per_node <= 220);
  CHECK(cluster.frames == frames);
}

TEST_CASE("membership: a killed node is soon down everywhere", "[membership][cluster]") {
  const auto nodes = GENERATE(as<std::uint8_t>{}, 2, 3, 4, 10, 30);
  const auto seed = GENERATE(as<std::uint64_t>{}, 1, 2, 3);
  Cluster cluster{nodes, {}, seed};
  cluster.run_for(10'000);
  REQUIRE(cluster.all_see_all());
  cluster.kill(2);
  // Somebody probes it within a period on average, and hardly ever after more than four; then the
  // probe, the suspicion, and a moment to tell.
  cluster.run_for(4'000 + 600 + 2'100 + 500);
  CHECK(cluster.holding(2, MemberState::down) == nodes - 1u);
  CHECK(cluster.deaths == nodes - 1u);
  cluster.run_for(10'000);
  CHECK(cluster.digests_agree());
}

TEST_CASE(
    "membership: an insider who says ten times a second that others are down buries none who "
    "answers",
    "[membership][cluster][hostile]") {
  const auto said = GENERATE(MemberState::suspect, MemberState::down);
  const auto lost_percent = GENERATE(as<std::uint64_t>{}, 0, 10);
  const auto seed = GENERATE(as<std::uint64_t>{}, 1, 2, 3);
  Cluster cluster{10, {}, seed};
  cluster.run_for(10'000);
  REQUIRE(cluster.all_see_all());
  cluster.lose(lost_percent);
  for (int i = 0; i < 300; ++i) {
    cluster.slander(10, static_cast<std::uint8_t>(1 + i % 9), said);
    cluster.run_for(100);
  }
  CHECK(cluster.deaths == 0);
  cluster.lose(0);
  cluster.run_for(10'000);
  CHECK(cluster.all_see_all());
  // A true death is known as before.
  cluster.kill(2);
  cluster.run_for(4'000 + 600 + 2'100 + 500);
  CHECK(cluster.holding(2, MemberState::down) == 9);
}

TEST_CASE("membership: of three nodes the last one notices that it is alone",
          "[membership][cluster]") {
  Cluster cluster{3};
  cluster.run_for(5'000);
  cluster.kill(2);
  cluster.kill(3);
  cluster.run_for(15'000);
  CHECK(cluster.membership(1).members().live_count() == 1);
}

TEST_CASE("membership: a node that was paused refutes", "[membership][cluster]") {
  const auto seed = GENERATE(as<std::uint64_t>{}, 1, 2, 3, 4);
  Cluster cluster{5, {}, seed};
  cluster.run_for(10'000);
  cluster.pause(3);
  cluster.run_for(1'900);
  CHECK(cluster.holding(3, MemberState::down) == 0);
  const bool was_doubted = cluster.holding(3, MemberState::suspect) > 0;
  cluster.resume(3);
  cluster.run_for(3'000);
  CHECK(cluster.all_see_all());
  CHECK(cluster.deaths == 0);
  CHECK((cluster.membership(3).incarnation() > 1) == was_doubted);
}

TEST_CASE("membership: a node that was paused too long comes back", "[membership][cluster]") {
  Cluster cluster{5};
  cluster.run_for(10'000);
  cluster.pause(3);
  cluster.run_for(20'000);
  CHECK(cluster.holding(3, MemberState::down) == 4);
  cluster.resume(3);
  cluster.run_for(4'000);
  CHECK(cluster.all_see_all());
  CHECK(cluster.deaths == 4);  // Those of node 3; it accused nobody itself.
  CHECK(cluster.digests_agree());
}

TEST_CASE("membership: one that no connection reaches comes back too", "[membership][cluster]") {
  Cluster cluster{5};
  cluster.shut(3);
  cluster.run_for(20'000);
  REQUIRE(cluster.all_see_all());
  SECTION("from a pause") {
    cluster.pause(3);
    cluster.run_for(20'000);
    REQUIRE(cluster.holding(3, MemberState::down) == 4);
    cluster.resume(3);
  }
  SECTION("from a split") {
    cluster.split({3});
    cluster.run_for(20'000);
    REQUIRE(cluster.holding(3, MemberState::down) == 4);
    REQUIRE(cluster.membership(3).members().live_count() == 1);
    cluster.split({});
  }
  cluster.run_for(15'000);
  CHECK(cluster.all_see_all());
}

TEST_CASE("membership: a split heals", "[membership][cluster]") {
  const auto seed = GENERATE(as<std::uint64_t>{}, 1, 2, 3);
  Cluster cluster{12, {}, seed};
  cluster.run_for(10'000);
  cluster.split({7, 8, 9, 10, 11, 12});
  cluster.run_for(40'000);
  CHECK(cluster.membership(1).members().live_count() == 6);
  CHECK(cluster.membership(12).members().live_count() == 6);
  const std::size_t deaths = cluster.deaths;
  CHECK(deaths == 72);
  cluster.split({});
  cluster.run_for(12'000);
  CHECK(cluster.all_see_all());
  cluster.run_for(10'000);
  CHECK(cluster.digests_agree());
  CHECK(cluster.deaths == deaths);  // Healing buries nobody.
}

TEST_CASE("membership: a split heals through seeds after all memory of it is gone",
          "[membership][cluster]") {
  MembershipOptions options;
  options.tombstone_time = milliseconds{20'000};
  Cluster cluster{6, options};
  cluster.run_for(5'000);
  cluster.split({5, 6});
  cluster.run_for(60'000);
  CHECK(cluster.membership(1).members().size() == 4);
  CHECK(cluster.membership(6).members().size() == 2);
  cluster.split({});
  cluster.run_for(25'000);
  CHECK(cluster.all_see_all());
  cluster.run_for(10'000);
  CHECK(cluster.digests_agree());
}

TEST_CASE(
    "membership: a restart without its data directory replaces the old member in the time it had "
    "to answer",
    "[membership][cluster]") {
  Cluster cluster{6};
  cluster.run_for(10'000);
  cluster.kill(4);
  MemberStatement successor = statement(44);
  successor.endpoint = toy::endpoint(4);
  cluster.add(44, successor);
  cluster.run_for(400 + 800);
  CHECK(cluster.holding(4, MemberState::down) == 6);
  CHECK(cluster.holding(44, MemberState::alive) == 5);
}

TEST_CASE("membership: a cluster that is gone for good leaves nothing behind",
          "[membership][cluster]") {
  MembershipOptions options;
  options.tombstone_time = milliseconds{20'000};
  Cluster cluster{6, options};
  cluster.run_for(5'000);
  for (std::uint8_t number = 3; number <= 6; ++number) cluster.kill(number);
  cluster.run_for(60'000);
  CHECK(cluster.membership(1).members().size() == 2);
  CHECK(cluster.membership(2).members().size() == 2);
  CHECK(cluster.digests_agree());
}

TEST_CASE("membership: loss costs suspicions, not members", "[membership][cluster]") {
  Cluster cluster{10};
  cluster.run_for(5'000);
  cluster.lose(20);
  cluster.run_for(120'000);
  CHECK(cluster.all_see_all());
  CHECK(cluster.deaths == 0);
}

}  // namespace
}  // namespace gossamer::membership
