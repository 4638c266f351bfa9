#include <set>
#include <vector>

#include "sim/sim_disk.hpp"
#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;

namespace {

std::vector<NodeStore::Write> put(std::string key, std::string value) {
  return {{std::move(key), to_bytes(value)}};
}

}  // namespace

TEST_CASE("disk: a write is answered when it is durable, in order, and not before") {
  SimFixture world;
  SimDisk disk{world.queue, 1};
  const auto store = disk.view(world.process);
  std::vector<int> answers;
  store->persist(put("boot", "1"), [&](Result<void> done) {
    CHECK(done.has_value());
    REQUIRE(disk.durable("boot") != nullptr);
    CHECK(to_text(*disk.durable("boot")) == "1");
    answers.push_back(1);
  });
  store->persist(put("boot", "2"), [&](Result<void>) { answers.push_back(2); });
  CHECK(answers.empty());
  CHECK(disk.durable("boot") == nullptr);
  world.run_for(1s);
  CHECK(answers == std::vector<int>{1, 2});
  CHECK(to_text(*disk.durable("boot")) == "2");
  store->persist({{"boot", std::nullopt}}, [](Result<void>) {});
  world.run_for(1s);
  CHECK(disk.durable("boot") == nullptr);
}

TEST_CASE("disk: a crash keeps some of the writes under way, never a later without an earlier") {
  std::set<int> outcomes;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SimFixture world;
    SimDisk disk{world.queue, seed};
    const auto store = disk.view(world.process);
    bool is_answered = false;
    store->persist(put("a", "1"), [&](Result<void>) { is_answered = true; });
    store->persist(put("b", "1"), [&](Result<void>) { is_answered = true; });
    world.process->end();
    disk.crash();
    world.run_for(1s);
    CHECK_FALSE(is_answered);
    const bool has_a = disk.durable("a") != nullptr;
    const bool has_b = disk.durable("b") != nullptr;
    CHECK((has_a || !has_b));
    outcomes.insert(int{has_a} + int{has_b});
  }
  CHECK(outcomes == std::set<int>{0, 1, 2});
}

TEST_CASE("disk: a crash may forget what was cached last, and the rest comes back") {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SimFixture world;
    SimDisk disk{world.queue, seed};
    const auto store = disk.view(world.process);
    for (int i = 0; i < 3; ++i) store->cache(put("key" + std::to_string(i), "x"));
    disk.crash();
    const auto cached = disk.cached();
    for (std::size_t i = 0; i < cached.size(); ++i)
      CHECK(cached[i].key == "key" + std::to_string(i));
    sizes.insert(cached.size());
  }
  CHECK(sizes == std::set<std::size_t>{0, 1, 2, 3});
}
