#include "membership/belief_merge.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace gossamer::membership {
namespace {

using St = MemberState;

Belief merged(const Belief& held, const Belief& heard) {
  return wins(heard, held) ? heard : held;
}

Belief any_belief() {
  return {static_cast<St>(*rc::gen::inRange(0, 4)), *rc::gen::inRange<Incarnation>(0, 4)};
}

TEST_CASE("membership: a heard belief replaces the held one only if it is newer or worse",
          "[membership][merge]") {
  struct Row {
    const char* why;
    Belief held;
    Belief heard;
    bool replaced;
  };
  const auto row = GENERATE(values<Row>({
      {"same news twice", {St::alive, 3}, {St::alive, 3}, false},
      {"suspicion under the same incarnation", {St::alive, 3}, {St::suspect, 3}, true},
      {"down after suspicion", {St::suspect, 3}, {St::down, 3}, true},
      {"a goodbye outlasts a verdict", {St::down, 3}, {St::left, 3}, true},
      {"a verdict after a goodbye", {St::left, 3}, {St::down, 3}, false},
      {"refutation under a higher incarnation", {St::suspect, 3}, {St::alive, 4}, true},
      {"return from down", {St::down, 3}, {St::alive, 4}, true},
      {"return from having left", {St::left, 3}, {St::alive, 4}, true},
      {"alive under the same incarnation refutes nothing", {St::suspect, 3}, {St::alive, 3}, false},
      {"stale suspicion", {St::alive, 4}, {St::suspect, 3}, false},
      {"stale death", {St::alive, 4}, {St::down, 3}, false},
      {"stale goodbye", {St::alive, 4}, {St::left, 3}, false},
  }));
  CAPTURE(row.why);
  CHECK(wins(row.heard, row.held) == row.replaced);
}

TEST_CASE("membership: merging beliefs is commutative, associative and idempotent",
          "[membership][merge]") {
  CHECK(rc::check([] {
    const Belief a = any_belief();
    const Belief b = any_belief();
    const Belief c = any_belief();
    RC_ASSERT(merged(a, b) == merged(b, a));
    RC_ASSERT(merged(merged(a, b), c) == merged(a, merged(b, c)));
    RC_ASSERT(merged(a, a) == a);
  }));
}

}  // namespace
}  // namespace gossamer::membership
