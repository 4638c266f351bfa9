#include "base/deadlines.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace gossamer;
using std::chrono::seconds;

namespace {

using Keys = std::vector<std::string>;

Instant at(int second) {
  return Instant{seconds{second}};
}

}  // namespace

TEST_CASE("deadlines: those due are taken, the earliest first, and once") {
  Deadlines<std::string> deadlines;
  CHECK_FALSE(deadlines.next().has_value());
  deadlines.set("b", at(2));
  deadlines.set("a", at(3));
  deadlines.set("c", at(9));
  CHECK(deadlines.next() == at(2));
  CHECK(deadlines.take_due(at(1)).empty());
  CHECK(deadlines.take_due(at(3)) == Keys{"b", "a"});
  CHECK(deadlines.take_due(at(3)).empty());
  CHECK_FALSE(deadlines.is_set("a"));
  CHECK(deadlines.next() == at(9));
}

TEST_CASE("deadlines: a key has one, which may be moved, shifted with all others, or cancelled") {
  Deadlines<std::string> deadlines;
  deadlines.set("a", at(2));
  deadlines.set("a", at(5));
  deadlines.set("b", at(4));
  CHECK(deadlines.size() == 2);
  deadlines.shift(seconds{10});
  CHECK(deadlines.next() == at(14));
  deadlines.cancel("b");
  deadlines.cancel("nobody");
  CHECK(deadlines.take_due(at(15)) == Keys{"a"});
  deadlines.set("a", at(1));
  deadlines.clear();
  CHECK(deadlines.take_due(at(100)).empty());
}

TEST_CASE("deadlines: beyond what may be kept the earliest are due before their time") {
  Deadlines<std::string> deadlines;
  for (int i = 1; i <= 5; ++i) deadlines.set(std::to_string(i), at(10 * i));
  CHECK(deadlines.take_due(at(0), 3) == Keys{"1", "2"});
  CHECK(deadlines.take_due(at(0), 3).empty());
}

TEST_CASE("deadlines: the earlier of two, where either may be missing") {
  std::optional<Instant> deadline;
  earlier(deadline, std::nullopt);
  CHECK_FALSE(deadline.has_value());
  earlier(deadline, at(5));
  earlier(deadline, at(7));
  CHECK(deadline == at(5));
  earlier(deadline, at(3));
  CHECK(deadline == at(3));
}
