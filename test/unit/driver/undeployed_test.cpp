#include "driver/undeployed.hpp"

#include <catch2/catch.hpp>

namespace gossamer::driver {
namespace {

using std::chrono::seconds;

Instant at(std::int64_t s) {
  return {seconds{s}};
}

std::vector<std::string> names(const std::vector<Undeployed::Service>& services) {
  std::vector<std::string> found;
  for (const auto& service : services) found.push_back(service.name);
  return found;
}

TEST_CASE("driver: the undeployed are told of for half of tombstone_time and held for all of it",
          "[driver]") {
  Undeployed undeployed{seconds{10}};
  undeployed.bury(at(0), "ledger", 2);
  CHECK(undeployed.is_told("ledger"));
  CHECK(undeployed.next_deadline() == at(5));
  undeployed.bury(at(3), "ledger", 2);  // Heard again: no new time.
  CHECK(undeployed.take_hushed(at(4)).empty());
  CHECK(names(undeployed.take_hushed(at(5))) == std::vector<std::string>{"ledger"});
  CHECK_FALSE(undeployed.is_told("ledger"));
  CHECK(undeployed.next_deadline() == at(10));
  CHECK(undeployed.take_forgotten(at(9)).empty());
  const auto forgotten = undeployed.take_forgotten(at(10));
  REQUIRE(forgotten.size() == 1);
  CHECK(forgotten[0].version == 2);
  CHECK_FALSE(undeployed.next_deadline());
}

TEST_CASE("driver: what is deployed anew is not forgotten, and undeployed anew gets its time again",
          "[driver]") {
  Undeployed undeployed{seconds{10}};
  undeployed.bury(at(0), "ledger", 2);
  undeployed.raise("ledger");
  CHECK_FALSE(undeployed.next_deadline());
  undeployed.bury(at(4), "ledger", 4);
  undeployed.bury(at(6), "ledger", 6);
  CHECK(undeployed.next_deadline() == at(11));
}

TEST_CASE("driver: of more undeployed services than can be remembered the first are due early",
          "[driver][bounds]") {
  Undeployed undeployed{seconds{10}, 2};
  for (const char* name : {"a", "b", "c"}) undeployed.bury(at(name[0] - 'a'), name, 1);
  CHECK(names(undeployed.take_hushed(at(3))) == std::vector<std::string>{"a"});
  CHECK(names(undeployed.take_forgotten(at(3))) == std::vector<std::string>{"a"});
  CHECK(undeployed.next_deadline() == at(6));
}

}  // namespace
}  // namespace gossamer::driver
