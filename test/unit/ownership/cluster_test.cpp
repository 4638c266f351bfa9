#include <catch2/catch.hpp>

#include "toy_cluster.hpp"

namespace gossamer::ownership {
namespace {

/// Whatever may go wrong for a while: deaths, restarts, pauses, splits, undeploys.
void torment(ToyCluster& cluster) {
  Random& random = cluster.random();
  std::uint64_t version = 1;
  for (int step = 0; step < 30; ++step) {
    cluster.run(milliseconds{random.between(50, 8000)});
    const auto n = static_cast<std::uint8_t>(1 + random.below(cluster.count()));
    switch (random.below(6)) {
      case 0:
        if (cluster.is_running(n)) cluster.kill(n);
        break;
      case 1:
      case 2:
        if (!cluster.is_running(n)) cluster.start(n);
        break;
      case 3: cluster.pause(n, milliseconds{random.between(100, 30'000)}); break;
      case 4: {
        std::map<std::uint8_t, int> groups;
        for (std::uint8_t m = 1; m <= cluster.count(); ++m) {
          groups[m] = static_cast<int>(random.below(2));
        }
        cluster.partition(random.chance(1, 2) ? groups : std::map<std::uint8_t, int>{});
        break;
      }
      default:
        if (random.chance(1, 3)) {
          cluster.deploy(undeploy_of("web", ++version));
        } else {
          cluster.deploy(spec_of("web", ++version, 2));
        }
    }
  }
  cluster.partition({});
  cluster.gossip_loss = 0;
  cluster.store_errors = 0;
  cluster.refusals = 0;
  bool is_anybody_here = false;
  for (std::uint8_t m = 1; m <= cluster.count(); ++m) {
    is_anybody_here = is_anybody_here || cluster.is_running(m);
  }
  if (!is_anybody_here) cluster.start(1);
}

}  // namespace

TEST_CASE("ownership: in a cluster that starts together each unit is claimed once, by its first",
          "[ownership][cluster]") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    ToyCluster toy{seed, 5};
    toy.run(seconds{4});
    toy.deploy(spec_of("ledger", 1, 8));
    toy.run(seconds{40});
    CHECK(toy.unsettled() == "");
    CHECK(toy.epochs() <= 10);
    const Epoch settled = toy.epochs();
    toy.run(minutes{3});
    CHECK(toy.epochs() == settled);
    CHECK(toy.unreachable_events() == 0);
  }
}

TEST_CASE("ownership: when a node dies its units move to one live owner each, and no other moves",
          "[ownership][cluster]") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    ToyCluster toy{seed, 6};
    toy.deploy(spec_of("ledger", 1, 10));
    toy.run(minutes{1});
    REQUIRE(toy.unsettled() == "");
    std::map<UnitId, std::uint8_t> before;
    for (std::uint32_t i = 0; i < 10; ++i) before[{"ledger", i}] = toy.owner({"ledger", i});
    const std::uint8_t victim = before.begin()->second;
    toy.kill(victim);
    toy.run(seconds{15});
    CHECK(toy.unsettled() == "");
    for (const auto& [unit, owner] : before) {
      CAPTURE(to_string(unit));
      if (owner == victim) {
        CHECK(toy.owner(unit) != victim);
      } else {
        CHECK(toy.owner(unit) == owner);
      }
    }
    // It comes back: a join moves nothing.
    const Epoch settled = toy.epochs();
    toy.start(victim);
    toy.run(minutes{2});
    CHECK(toy.epochs() == settled);
    CHECK(toy.unsettled() == "");
  }
}

TEST_CASE("ownership: a node that restarts at once claims its units anew", "[ownership][cluster]") {
  ToyCluster toy{7, 1};
  toy.deploy(spec_of("ledger", 1, 3));
  toy.run(minutes{1});
  REQUIRE(toy.unsettled() == "");
  CHECK(toy.epochs() == 3);
  toy.kill(1);
  toy.start(1);
  toy.run(seconds{20});
  CHECK(toy.unsettled() == "");
  CHECK(toy.epochs() == 6);
}

TEST_CASE("ownership: a minority does not take what a split hides from it at once",
          "[ownership][cluster]") {
  ToyCluster toy{3, 5};
  toy.deploy(spec_of("ledger", 1, 10));
  toy.run(minutes{1});
  REQUIRE(toy.unsettled() == "");
  const Epoch before = toy.epochs();
  toy.partition({{1, 1}});
  toy.run(seconds{10});
  toy.partition({});
  toy.run(seconds{30});
  CHECK(toy.unsettled() == "");
  // Node 1 took nothing from the other four; they took from it at most what it had.
  Epoch taken = toy.epochs() - before;
  CHECK(taken <= 10);
  toy.run(minutes{5});
  CHECK(toy.epochs() - before == taken);
}

TEST_CASE("ownership: whatever happens, each unit comes to rest with exactly one owner",
          "[ownership][cluster][law]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    ToyCluster toy{seed, static_cast<std::uint8_t>(1 + seed % 7)};
    toy.refusals = seed % 3 == 0 ? 30 : 0;
    toy.deploy(spec_of("ledger", 1, 4));
    toy.deploy(spec_of("web", 1, 2));
    torment(toy);
    toy.run(minutes{4});
    const std::string wrong = toy.unsettled();
    if (!wrong.empty()) UNSCOPED_INFO(toy.story());
    CHECK(wrong == "");
    const Epoch settled = toy.epochs();
    toy.run(minutes{3});
    CHECK(toy.epochs() == settled);
    CHECK(toy.unsettled() == "");
  }
}

TEST_CASE("ownership: one seed tells one story", "[ownership][cluster][law]") {
  const auto story = [](std::uint64_t seed) {
    ToyCluster toy{seed, 5};
    toy.deploy(spec_of("ledger", 1, 4));
    toy.deploy(spec_of("web", 1, 2));
    torment(toy);
    toy.run(minutes{2});
    return toy.story();
  };
  for (std::uint64_t seed = 1; seed <= 5; ++seed) CHECK(story(seed) == story(seed));
  CHECK(story(1) != story(2));
}

}  // namespace gossamer::ownership
