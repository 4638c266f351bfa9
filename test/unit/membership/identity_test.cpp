// What is said under this node's own identity by somebody else.

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::endpoint;
using toy::Engine;
using toy::goodbye;
using toy::node;
using toy::statement;

TEST_CASE(
    "membership: what this node has said itself comes back unheeded, another's like it does not",
    "[membership][identity]") {
  struct Row {
    const char* what;
    std::uint8_t at;
    Incarnation incarnation;
    Incarnation after;
  };
  const auto row = GENERATE(values<Row>({{"our own word", 1, 5, 5},
                                         {"our own, of before", 1, 4, 5},
                                         {"another's, of before", 99, 4, 5},
                                         {"another's under the same number", 99, 5, 6},
                                         {"our own, as an earlier life said it", 1, 7, 8},
                                         {"nothing would be above it", 99, kIncarnationMax, 5}}));
  CAPTURE(row.what);
  Engine toy{{}, statement(1, 5)};
  MemberStatement said = statement(1, row.incarnation);
  said.endpoint = endpoint(row.at);
  CHECK_FALSE(toy.engine.on_member(toy.now, node(1), said, toy.outbox));
  CHECK(toy.engine.incarnation() == row.after);
  CHECK(toy.published<MemberStatement>().size() == (row.after == 5 ? 0 : 1));
}

TEST_CASE("membership: our own voice from elsewhere is outbid, in measured steps",
          "[membership][identity]") {
  Engine toy;
  MemberStatement double_of_us = statement(1, 5);
  double_of_us.endpoint = endpoint(99);
  CHECK_FALSE(toy.engine.on_member(toy.now, node(1), double_of_us, toy.outbox));
  CHECK(toy.engine.incarnation() == 6);
  for (int i = 0; i < 100; ++i) {
    double_of_us.incarnation = toy.engine.incarnation() + 1;
    toy.engine.on_member(toy.now, node(1), double_of_us, toy.outbox);
  }
  CHECK(toy.engine.incarnation() == 6);
  for (int i = 0; i < 2; ++i) {
    toy.run_for(1'000);
    double_of_us.incarnation = toy.engine.incarnation() + 1;
    toy.engine.on_member(toy.now, node(1), double_of_us, toy.outbox);
  }
  CHECK(toy.events<Alarm>().size() == 1);
}

TEST_CASE("membership: a node that hears what an earlier life of it said answers whoever told it",
          "[membership][restart][identity]") {
  Engine toy;
  MemberStatement earlier = goodbye(1, 5);
  earlier.endpoint = endpoint(99);
  toy.engine.on_member(toy.now, node(1), earlier, toy.outbox);
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  CHECK(toy.engine.incarnation() == 6);
  CHECK(toy.has_contacted(2));
  CHECK(toy.events<Alarm>().empty());
}

TEST_CASE("membership: frames under our own identity are told of, at most once a minute",
          "[membership][identity]") {
  Engine toy;
  for (int i = 0; i < 2; ++i) toy.engine.on_twin(toy.now, endpoint(99), toy.outbox);
  CHECK(toy.events<Alarm>().empty());
  for (int i = 0; i < 100; ++i) toy.engine.on_twin(toy.now, endpoint(99), toy.outbox);
  REQUIRE(toy.events<Alarm>().size() == 1);
  CHECK(toy.events<Alarm>()[0].detail.find("10.0.0.99") != std::string::npos);
  CHECK(toy.events<Alarm>()[0].subject == "duplicate_identity");
  toy.run_for(60'000);
  toy.engine.on_twin(toy.now, endpoint(99), toy.outbox);
  CHECK(toy.events<Alarm>().size() == 2);
}

TEST_CASE(
    "membership: frames under our own identity with more than a minute between them are no twin's",
    "[membership][identity]") {
  Engine toy;
  for (int i = 0; i < 4; ++i) {
    toy.engine.on_twin(toy.now, endpoint(99), toy.outbox);
    toy.engine.on_twin(toy.now, endpoint(99), toy.outbox);
    toy.run_for(60'001);
  }
  CHECK(toy.events<Alarm>().empty());
}

TEST_CASE("membership: our own voice heard three times in three hours is no twin's",
          "[membership][identity]") {
  Engine toy;
  MemberStatement double_of_us = statement(1, 5);
  double_of_us.endpoint = endpoint(99);
  for (int i = 0; i < 3; ++i) {
    double_of_us.incarnation = toy.engine.incarnation() + 1;
    toy.engine.on_member(toy.now, node(1), double_of_us, toy.outbox);
    CHECK(toy.engine.incarnation() == double_of_us.incarnation + 1);
    toy.run_for(3'600'000);
  }
  CHECK(toy.events<Alarm>().empty());
}

}  // namespace
}  // namespace gossamer::membership
