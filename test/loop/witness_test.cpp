#include "discovery/witness.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gossamer {
namespace {

using State = Sighting::State;
using Kind = DiscoveryDifference::Kind;

NodeId node(std::uint8_t number) {
  NodeId id;
  id.bytes[0] = number;
  return id;
}

Endpoint endpoint(int number) {
  return {"10.0.0." + std::to_string(number), 7946};
}

Sighting machine(int number, State state = State::running) {
  Sighting sighting;
  sighting.machine = "i-" + std::to_string(number);
  sighting.endpoint = endpoint(number);
  sighting.state = state;
  if (state != State::running) sighting.left_out = "it does not run";
  return sighting;
}

/// As EC2 lists what was terminated: without its addresses.
Sighting terminated(int number) {
  Sighting sighting = machine(number, State::gone);
  sighting.endpoint.reset();
  return sighting;
}

/// Node 1 is the one that compares.
MemberView view(const std::vector<std::pair<std::uint8_t, MemberState>>& members) {
  auto list = std::make_shared<std::vector<Member>>();
  for (const auto& [number, state] : members) {
    Member& member = list->emplace_back();
    member.id = node(number);
    member.endpoint = endpoint(number);
    member.state = state;
  }
  return MemberView{list};
}

struct Court {
  Witness witness{node(1)};
  std::vector<Endpoint> seeds{};
  MemberView members = view({{1, MemberState::alive}, {2, MemberState::alive}});
  std::vector<Endpoint> gone{};

  /// `kind machine address`, each; e.g. `not_joined i-3 10.0.0.3:7946`.
  std::vector<std::string> answer(const std::vector<Sighting>& sightings,
                                  const std::string& source = "ec2:a=b") {
    const Witness::Findings findings = witness.compare(source, sightings, seeds, members);
    gone = findings.gone;
    std::vector<std::string> words;
    for (const DiscoveryDifference& found : findings.differences) {
      CHECK(found.source == source);
      const char* kind = found.kind == Kind::not_joined       ? "not_joined"
                         : found.kind == Kind::gone_but_alive ? "gone_but_alive"
                                                              : "unknown_member";
      words.push_back(std::string{kind} + " " + found.machine + " " + to_string(found.endpoint));
    }
    return words;
  }
};
using Words = std::vector<std::string>;

TEST_CASE("witness: a list that agrees with the view has no differences", "[witness]") {
  Court court;
  for (int i = 0; i < 3; ++i) CHECK(court.answer({machine(1), machine(2)}).empty());
  CHECK(court.gone.empty());
}

TEST_CASE(
    "witness: a machine that has not joined by the second answer is told once, until it joins",
    "[witness]") {
  Court court;
  const std::vector<Sighting> list{machine(1), machine(2), machine(3)};
  CHECK(court.answer(list).empty());
  CHECK(court.answer(list) == Words{"not_joined i-3 10.0.0.3:7946"});
  CHECK(court.answer(list).empty());
  court.members =
      view({{1, MemberState::alive}, {2, MemberState::alive}, {3, MemberState::suspect}});
  CHECK(court.answer(list).empty());
  court.members = view({{1, MemberState::alive}, {2, MemberState::alive}, {3, MemberState::down}});
  CHECK(court.answer(list).empty());
  CHECK(court.answer(list) == Words{"not_joined i-3 10.0.0.3:7946"});
}

TEST_CASE("witness: who starts, stops, is left out or left on purpose need not join", "[witness]") {
  Court court;
  court.members = view({{1, MemberState::alive}, {2, MemberState::alive}, {3, MemberState::left}});
  Sighting other = machine(6);
  other.left_out = "its zone is not asked for";
  const std::vector<Sighting> list{
      machine(1), machine(2), machine(3), machine(4, State::starting), machine(5, State::stopping),
      other};
  for (int i = 0; i < 3; ++i) CHECK(court.answer(list).empty());
}

TEST_CASE(
    "witness: a machine that is gone while its member is live is told at once, in every answer to "
    "the cluster",
    "[witness]") {
  Court court;
  court.members = view({{1, MemberState::alive}, {2, MemberState::suspect}});
  const std::vector<Sighting> list{machine(1), machine(2, State::gone)};
  CHECK(court.answer(list) == Words{"gone_but_alive i-2 10.0.0.2:7946"});
  CHECK(court.gone == std::vector<Endpoint>{endpoint(2)});
  CHECK(court.answer(list).empty());
  CHECK(court.gone == std::vector<Endpoint>{endpoint(2)});
  court.members = view({{1, MemberState::alive}, {2, MemberState::down}});
  CHECK(court.answer(list).empty());
  CHECK(court.gone == std::vector<Endpoint>{endpoint(2)});
  court.members = view({{1, MemberState::alive}});
  CHECK(court.answer(list).empty());
  CHECK(court.gone.empty());
}

TEST_CASE("witness: a gone machine is found by the address that it had in an earlier answer",
          "[witness]") {
  Court court;
  SECTION("it is found, however late it is told gone") {
    court.answer({machine(1), machine(2)});
    Sighting stopping = terminated(2);
    stopping.state = State::stopping;
    CHECK(court.answer({machine(1), stopping}).empty());
    CHECK(court.answer({machine(1), terminated(2)}) == Words{"gone_but_alive i-2 10.0.0.2:7946"});
    CHECK(court.gone == std::vector<Endpoint>{endpoint(2)});
  }
  SECTION("not if another has its address now") {
    court.answer({machine(1), machine(2)});
    Sighting heir = machine(7);
    heir.endpoint = endpoint(2);
    CHECK(court.answer({machine(1), terminated(2), heir}).empty());
    CHECK(court.gone.empty());
  }
  SECTION("not if it was never seen with one") {
    CHECK(court.answer({machine(1), terminated(2)}).empty());
    CHECK(court.gone.empty());
  }
}

TEST_CASE(
    "witness: a member that two answers do not list is told once, unless another source lists it",
    "[witness]") {
  Court court;
  CHECK(court.answer({machine(1)}).empty());
  SECTION("told") {
    CHECK(court.answer({machine(1)}) == Words{"unknown_member  10.0.0.2:7946"});
    CHECK(court.answer({machine(1)}).empty());
    CHECK(court.answer({machine(1), machine(2)}).empty());
    CHECK(court.answer({machine(1)}).empty());
    CHECK(court.answer({machine(1)}) == Words{"unknown_member  10.0.0.2:7946"});
  }
  SECTION("another source lists it") {
    court.seeds = {endpoint(2)};
    CHECK(court.answer({machine(1)}).empty());
  }
  SECTION("only in every other answer") {
    for (int i = 0; i < 4; ++i) {
      CHECK(court.answer({machine(1), machine(2)}).empty());
      CHECK(court.answer({machine(1)}).empty());
    }
  }
}

TEST_CASE("witness: this node and an empty answer raise nothing", "[witness]") {
  Court court;
  for (int i = 0; i < 3; ++i) CHECK(court.answer({machine(2)}).empty());
  for (int i = 0; i < 3; ++i) CHECK(court.answer({}).empty());
}

TEST_CASE("witness: sources do not answer for each other", "[witness]") {
  Court court;
  const std::vector<Sighting> list{machine(1), machine(2), machine(3)};
  CHECK(court.answer(list, "ec2:a=b").empty());
  CHECK(court.answer(list, "ec2:c=d").empty());
  CHECK(court.answer(list, "ec2:a=b") == Words{"not_joined i-3 10.0.0.3:7946"});
}

TEST_CASE("witness: many differences are told a bounded number at a time, and all in the end",
          "[witness]") {
  Court court;
  std::vector<Sighting> list{machine(1), machine(2)};
  const std::size_t extra = 150;
  for (std::size_t i = 0; i < extra; ++i) {
    Sighting one = machine(3);
    one.machine = "i-x" + std::to_string(i);
    one.endpoint = Endpoint{"10.1.0." + std::to_string(i), 7946};
    list.push_back(one);
  }
  court.answer(list);
  std::size_t told = 0;
  for (int i = 0; i < 3; ++i) {
    const std::size_t now = court.answer(list).size();
    CHECK(now <= Witness::kToldMax);
    told += now;
  }
  CHECK(told == extra);
  CHECK(court.answer(list).empty());
}

}  // namespace
}  // namespace gossamer
