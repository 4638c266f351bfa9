#include "sim/shared_values.hpp"

#include <catch2/catch.hpp>

using namespace gossamer;
using namespace gossamer::sim;

namespace {

Member member(std::uint8_t number, Incarnation incarnation = 1) {
  Member made{NodeId{}, "n" + std::to_string(number), {"10.0.0.1", 7946}, incarnation};
  made.id.bytes[0] = number;
  return made;
}

}  // namespace

TEST_CASE("sim: of what is equal one is held") {
  SharedValues values;
  Interner<Member>& members = *values.sharing().members;
  const auto one = members.one_of(member(1));
  CHECK(one->name == "n1");
  CHECK(members.one_of(member(1)) == one);
  CHECK(members.one_of(member(2)) != one);
  CHECK(members.one_of(member(1, 2)) != one);
  Member moved = member(1);
  moved.zone = "elsewhere";
  CHECK(members.one_of(moved) != one);
  CHECK(members.one_of(moved)->zone == "elsewhere");

  Interner<Bytes>& statements = *values.sharing().statements;
  const auto said = statements.one_of({1, 2, 3});
  CHECK(statements.one_of({1, 2, 3}) == said);
  CHECK(statements.one_of({1, 2}) != said);

  Interner<gossip::HeldEntry>& entries = *values.sharing().entries;
  const auto held = entries.one_of(gossip::HeldEntry{{{}, 1, said}});
  CHECK(entries.one_of(gossip::HeldEntry{{{}, 1, std::make_shared<const Bytes>(*said)}}) == held);
  CHECK(entries.one_of(gossip::HeldEntry{{{}, 2, said}}) != held);
  CHECK(entries.one_of(gossip::HeldEntry{{{}, 1, nullptr}}) != held);
}

TEST_CASE("sim: what nobody holds any more is not held in common either") {
  SharedValues values;
  Interner<Member>& members = *values.sharing().members;
  const auto kept = members.one_of(member(1));
  for (Incarnation incarnation = 1; incarnation <= 10'000; ++incarnation) {
    members.one_of(member(2, incarnation));
  }
  CHECK(values.member_count() <= 100);
  CHECK(members.one_of(member(1)) == kept);
}
