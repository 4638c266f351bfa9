#include <map>
#include <vector>

#include "contract/object_store_contract.hpp"
#include "sim/sim_objects.hpp"
#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;

namespace {

struct Objects final : SimFixture, gossamer::test::ObjectStoreFixture {
  ObjectStore& store() override { return *node; }
  std::unique_ptr<ObjectStore> open_another() override { return objects.view(1, process); }
  void run_until(UniqueFunction<bool()> is_met) override {
    SimFixture::run_until(std::move(is_met));
  }

  void set(void (*change)(ObjectConditions&)) {
    ObjectConditions conditions;
    change(conditions);
    objects.set_conditions(conditions);
  }

  SimObjects objects{queue, 5, witness};
  std::unique_ptr<ObjectStore> node = objects.view(0, process);
};

}  // namespace

TEST_CASE("objects: the simulated store keeps the contract of every object store") {
  Objects objects;
  gossamer::test::check_object_store_contract(objects);
}

TEST_CASE("objects: a late write is unknown at its timeout, and takes effect afterwards") {
  Objects objects;
  objects.set([](ObjectConditions& c) { c.late_writes = 1000; });
  CHECK(objects.create("a", "1").outcome == ObjectOutcome::unknown);
  CHECK(objects.objects.contents().empty());
  CHECK(objects.objects.in_flight() == 1);
  objects.run_for(30s);
  CHECK(objects.objects.contents().size() == 1);
  CHECK(objects.objects.in_flight() == 0);
  objects.set([](ObjectConditions&) {});
  CHECK(objects.create("a", "2").outcome == ObjectOutcome::exists);
  CHECK(objects.get("a") == "1");
}

TEST_CASE("objects: a late remove deletes what is there when it lands") {
  Objects objects;
  CHECK(objects.create("a", "1").outcome == ObjectOutcome::ok);
  objects.set([](ObjectConditions& c) { c.late_removes = 1000; });
  CHECK(objects.remove("a").outcome == ObjectOutcome::unknown);
  CHECK(objects.get("a") == "1");
  objects.run_for(30s);
  CHECK(objects.get("a") == "<absent>");
}

TEST_CASE("objects: an answer may be lost although it has happened, or because it never will") {
  Objects objects;
  objects.set([](ObjectConditions& c) { c.lost_answers = 1000; });
  CHECK(objects.create("a", "1").outcome == ObjectOutcome::unknown);
  CHECK(objects.objects.contents().count("a") == 1);
  objects.set([](ObjectConditions& c) { c.lost_requests = 1000; });
  CHECK(objects.create("b", "1").outcome == ObjectOutcome::unknown);
  objects.set([](ObjectConditions& c) { c.throttled = 1000; });
  CHECK(objects.create("b", "1").outcome != ObjectOutcome::ok);
  objects.run_for(1min);
  CHECK(objects.objects.contents().count("b") == 0);
}

TEST_CASE("objects: a slow read tells the moment when it was computed") {
  Objects objects;
  objects.set([](ObjectConditions& c) { c.slow_reads = 1000; });
  std::optional<ObjectListing> listing;
  objects.node->list("", "", 10, [&](ObjectListing given) { listing = std::move(given); });
  objects.run_for(100ms);
  CHECK(objects.create("a", "1").outcome == ObjectOutcome::ok);
  CHECK_FALSE(listing.has_value());
  objects.run_for(2s);
  REQUIRE(listing.has_value());
  CHECK(listing->keys.empty());
}

TEST_CASE("objects: pages may be smaller than asked for") {
  Objects objects;
  objects.set([](ObjectConditions& c) { c.page_max = 2; });
  for (const char* key : {"a", "b", "c"})
    CHECK(objects.create(key, "x").outcome == ObjectOutcome::ok);
  const ObjectListing page = objects.list("", "", 1000);
  CHECK(page.keys == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(page.is_last);
  CHECK(objects.list("", "b").is_last);
}

TEST_CASE("objects: a crash ends the answers, not the requests") {
  Objects objects;
  bool is_answered = false;
  objects.node->create("a", make_source(to_bytes("1")), [&](ObjectResult) { is_answered = true; });
  objects.process->end();
  objects.run_for(1s);
  CHECK_FALSE(is_answered);
  CHECK(objects.objects.contents().count("a") == 1);
}

TEST_CASE("objects: who cannot reach the store hears unknown, and others go on") {
  Objects objects;
  objects.objects.set_unreachable(0, true);
  CHECK(objects.create("a", "1").outcome == ObjectOutcome::unknown);
  CHECK(objects.objects.contents().empty());
  std::optional<ObjectResult> other;
  const auto node = objects.open_another();
  node->create("a", make_source(to_bytes("1")), [&](ObjectResult result) { other = result; });
  objects.run_until([&] { return other.has_value(); });
  CHECK(other->outcome == ObjectOutcome::ok);
  objects.objects.set_unreachable(0, false);
  CHECK(objects.get("a") == "1");
}
