// What `gossamer events` says to people, of every kind of event that a node tells.

#include "event_text.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "gossamer/events.hpp"
#include "gossamer/json.hpp"

using namespace gossamer;

namespace {

using Json = cli::EventText::Json;

NodeId node_id(std::uint8_t first_byte) {
  NodeId id;
  id.bytes[0] = first_byte;
  return id;
}

Member member(const std::string& name, std::uint8_t first_byte) {
  Member made;
  made.id = node_id(first_byte);
  made.name = name;
  made.endpoint = {"127.0.0.1", 7946};
  return made;
}

/// To who has heard of the member `blue`.
std::string sentence_of(const Event& event) {
  cli::EventText text;
  text.learn(Json::array({Json::parse(to_json(member("blue", 0xb1)))}));
  return text.sentence_of(Json::parse(to_json(event)));
}

struct Row {
  Event event;
  std::string said;
};

const UnitId kUnit{"ledger", 2};

}  // namespace

TEST_CASE("events: members are told of by name, short id and place, with what it means") {
  const auto row = GENERATE(values<Row>({
      {MembersUp{{member("a", 0x0a)}},
       "a (0a000000 at 127.0.0.1:7946) is up, and may take services"},
      {MembersDown{{member("a", 0x0a), member("b", 0x0b)}},
       "a (0a000000 at 127.0.0.1:7946), b (0b000000 at 127.0.0.1:7946) are down: they have not "
       "answered in time, and others take over what they ran"},
      {MemberSuspected{member("a", 0x0a)},
       "a (0a000000 at 127.0.0.1:7946) did not answer: it counts as here until its time to answer "
       "is over"},
      {MemberLeft{member("a", 0x0a)},
       "a (0a000000 at 127.0.0.1:7946) has left: it said goodbye, and what it ran moves"},
      {SelfRefuted{7},
       "others took this node for silent or down, and it told them that it lives (incarnation 7)"},
      {ForeignObjectStore{node_id(0xb1), "dir:/here", "dir:/there"},
       "node blue (b1000000) has another object store (dir:/there) than this one (dir:/here), so "
       "they are no cluster: give both the same --object-store"},
      {KeysChanged{node_id(0xb1), {0x0a1b2c3d, 1, 2}},
       "the cluster's keys were changed by blue (b1000000): sealed with 0a1b2c3d; opened too: "
       "00000001, 00000002"},
  }));
  CHECK(sentence_of(row.event) == row.said);
}

TEST_CASE("events: services are told of with who runs them and what becomes of them") {
  const auto row = GENERATE(values<Row>({
      {SpecChanged{"ledger", 3, true},
       "ledger was deployed, version 3: nodes that have its factory run it"},
      {SpecChanged{"ledger", 4, false},
       "ledger was undeployed: it is stopped everywhere, and its state stays"},
      {OwnershipChanged{kUnit, node_id(0xb1), 5},
       "ledger/2 is owned by blue (b1000000) in epoch 5"},
      {OwnershipChanged{kUnit, node_id(0xc1), 5}, "ledger/2 is owned by c1000000 in epoch 5"},
      {OwnershipChanged{kUnit, NodeId{}, 5}, "ledger/2 is run by nobody now: a node may take it"},
      {OwnerUnreachable{kUnit, node_id(0xb1)},
       "ledger/2 stays with blue (b1000000), which does not answer this node and still writes: see "
       "to the network between the two"},
      {UnitFenced{kUnit, 5, "why"}, "this node has lost ledger/2 of epoch 5 to a newer claim: why"},
      {FreezeEnded{kUnit, 5, 99, ""},
       "ledger/2 is frozen up to write 99 of epoch 5: who takes it next starts from there"},
      {FreezeEnded{kUnit, 5, 0, "why"}, "ledger/2 could not be frozen in epoch 5: why"},
  }));
  CHECK(sentence_of(row.event) == row.said);
}

TEST_CASE("events: machines and alarms are told of with what to look at") {
  using Kind = DiscoveryDifference::Kind;
  const Endpoint at{"10.0.0.1", 7946};
  const auto row = GENERATE_COPY(values<Row>({
      {Alarm{"clock", "it differs"}, "somebody must see to this: clock: it differs"},
      {TerminationNotice{TerminationNotice::Kind::spot_terminate, 1'700'000'000},
       "this machine will be taken away at 22:13:20 UTC (spot_terminate): the node freezes what it "
       "owns, and leaves"},
      {TerminationNotice{TerminationNotice::Kind::rebalance, 0},
       "this machine may soon be taken away (rebalance recommendation); the node goes on"},
      {DiscoveryDifference{Kind::not_joined, "ec2:a=b", "i-1", at},
       "i-1 at 10.0.0.1:7946 runs, as ec2:a=b says, and is no live member: see its node's log, its "
       "security groups, its key and its cluster's name"},
      {DiscoveryDifference{Kind::gone_but_alive, "ec2:a=b", "i-1", at},
       "i-1 at 10.0.0.1:7946 is gone for good, as ec2:a=b says: the live member there is looked at "
       "now"},
      {DiscoveryDifference{Kind::unknown_member, "ec2:a=b", "", at},
       "10.0.0.1:7946 is a live member that ec2:a=b does not list: see its tags, and --advertise"},
  }));
  CHECK(sentence_of(row.event) == row.said);
}

TEST_CASE("events: who came up is known by name from then on, and many are counted") {
  cli::EventText text;
  MembersUp up;
  for (std::uint8_t i = 1; i <= 8; ++i) up.members.push_back(member("n" + std::to_string(i), i));
  const std::string said = text.sentence_of(Json::parse(to_json(Event{up})));
  CHECK(said.find("n5 (05000000 at 127.0.0.1:7946) and 3 more are up") != std::string::npos);
  CHECK(said.find("n6") == std::string::npos);
  const Event owned = OwnershipChanged{kUnit, node_id(6), 1};
  CHECK(text.sentence_of(Json::parse(to_json(owned))) ==
        "ledger/2 is owned by n6 (06000000) in epoch 1");
}

TEST_CASE("events: one of a later version is told by its fields, and what is none is refused") {
  cli::EventText text;
  CHECK(text.sentence_of(Json::parse(R"({"event":"news","who":"a","count":7})")) ==
        "who=a count=7");
  CHECK_THROWS_AS(text.sentence_of(Json::parse(R"({"event":"alarm"})")), Json::exception);
  CHECK_THROWS_AS(text.sentence_of(Json::parse(R"({"event":"ownership_changed","owner":7})")),
                  Json::exception);
}
