// How a suspicion goes on: in private, before a panel, in public.

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "membership/panel.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::endpoint;
using toy::Engine;
using toy::milliseconds;
using toy::node;
using toy::statement;

constexpr std::uint8_t kNodes = 12;
constexpr std::uint8_t kSilent = 5;

// All answer but one, whom this node and its helpers find silent.
struct Story {
  Engine toy;
  std::map<std::uint8_t, bool> opinions{};  ///< What members of the panel find.
  bool is_silent = true;
  std::set<std::uint8_t> asked{};

  explicit Story(std::uint8_t nodes = kNodes) { toy.know_up_to(nodes); }

  void step() {
    toy.outbox.clear();
    toy.run_for(1);
    for (const Send& ping : toy.sent<Ping>()) {
      const NodeId target = std::get<Ping>(ping.message).target;
      if (target == node(kSilent) && is_silent) continue;
      toy.engine.on_message(toy.now, target, ping.to, ping.by_stream,
                            Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
    }
    for (const Send& request : toy.sent<PingRequest>()) {
      const auto number = static_cast<std::uint8_t>(std::stoi(request.to.address.substr(7)));
      toy.engine.on_message(toy.now, node(number), request.to, false,
                            Nack{std::get<PingRequest>(request.message).sequence}, toy.outbox);
    }
    for (const Send& inquest : toy.sent<Inquest>()) {
      const auto number = static_cast<std::uint8_t>(std::stoi(inquest.to.address.substr(7)));
      asked.insert(number);
      const auto opinion = opinions.find(number);
      if (opinion == opinions.end()) continue;
      const auto& body = std::get<Inquest>(inquest.message);
      toy.engine.on_message(toy.now, node(number), inquest.to, false,
                            Opinion{body.accused, body.incarnation, opinion->second}, toy.outbox);
    }
    for (const Verdict& verdict : toy.published<Verdict>()) said.push_back(verdict);
  }
  /// False if it did not come to that within `ms`.
  bool run_until(const std::function<bool()>& is_so, std::int64_t ms) {
    for (std::int64_t i = 0; i < ms; ++i) {
      if (is_so()) return true;
      step();
    }
    return is_so();
  }
  void everybody_finds(bool is_clear) {
    for (std::uint8_t i = 2; i <= kNodes; ++i) opinions[i] = is_clear;
  }
  /// The silent one, that it is doubted.
  bool is_told_at_once() {
    return run_until([&] { return toy.has_contacted(kSilent); }, 5);
  }
  bool is_suspected() {
    return run_until([&] { return !asked.empty(); }, 30'000);
  }
  std::vector<Verdict> said{};
};

TEST_CASE("membership: a silent member is first checked by a panel, and nobody else hears of it",
          "[membership][panel]") {
  Story story;
  REQUIRE(story.is_suspected());
  CHECK(story.asked.size() == kPanelSize);
  CHECK(story.toy.state(kSilent) == MemberState::alive);
  CHECK(story.said.empty());
  CHECK(story.toy.events<MemberSuspected>().empty());
}

TEST_CASE("membership: confirmed by two it is told to be down, and is after a hearing",
          "[membership][panel]") {
  Story story;
  story.everybody_finds(false);
  REQUIRE(story.is_suspected());
  const Instant began = story.toy.now;
  REQUIRE(story.run_until([&] { return !story.said.empty(); }, 3'000));
  CHECK(story.said[0] == toy::down(kSilent));
  CHECK(story.toy.state(kSilent) == MemberState::suspect);
  CHECK(story.toy.now - began >= milliseconds{980});
  CHECK(story.toy.now - began <= milliseconds{1'020});
  REQUIRE(story.run_until([&] { return story.toy.state(kSilent) == MemberState::down; }, 1'000));
  CHECK(story.toy.now - began >= milliseconds{1'380});
  CHECK(story.toy.now - began <= milliseconds{1'420});
  CHECK(story.said.size() == 1);
}

TEST_CASE(
    "membership: before it is down a suspect is looked at four times, of up to ten nodes twice",
    "[membership][panel]") {
  const auto [nodes, looks] =
      GENERATE(values<std::pair<std::uint8_t, std::size_t>>({{12, 4}, {11, 4}, {10, 2}, {6, 2}}));
  Story story{nodes};
  story.everybody_finds(false);
  REQUIRE(story.is_suspected());
  story.step();
  std::size_t looked = 0;
  const auto is_down = [&] {
    std::size_t asked = 0;
    for (const Send& send : story.toy.sent<PingRequest>()) {
      asked += std::get<PingRequest>(send.message).target == node(kSilent) ? 1U : 0U;
    }
    if (asked > 0) CHECK(asked == 2);
    looked += asked > 0 ? 1U : 0U;
    return story.toy.state(kSilent) == MemberState::down;
  };
  REQUIRE(story.run_until(is_down, 2'000));
  CHECK(looked == looks);
}

TEST_CASE("membership: one whom any of the panel reaches is not suspected any more",
          "[membership][panel]") {
  Story story;
  story.everybody_finds(false);
  for (const Member* member : panel_of(story.toy.engine.members(), node(kSilent), 1, node(1), 0)) {
    story.opinions[member->id.bytes[0]] = true;
  }
  REQUIRE(story.is_suspected());
  story.run_until([] { return false; }, 900);
  CHECK(story.said.empty());
  CHECK(story.toy.state(kSilent) == MemberState::alive);
}

TEST_CASE("membership: one that answers after all is cleared with everybody who was asked",
          "[membership][panel]") {
  Story story;
  REQUIRE(story.is_suspected());
  story.is_silent = false;
  std::size_t clear = 0;
  story.run_until(
      [&] {
        for (const Send& send : story.toy.sent<Opinion>()) {
          clear += std::get<Opinion>(send.message).is_clear ? 1 : 0;
        }
        return false;
      },
      900);
  CHECK(clear >= kPanelSize - 1);
  CHECK(story.said.empty());
}

TEST_CASE("membership: a panel that says nothing is followed by a second, then by everybody",
          "[membership][panel]") {
  Story story;
  REQUIRE(story.is_suspected());
  const Instant began = story.toy.now;
  REQUIRE(story.run_until([&] { return story.asked.size() > kPanelSize; }, 700));
  CHECK(story.toy.now - began >= milliseconds{499});
  CHECK(story.said.empty());
  REQUIRE(story.run_until([&] { return !story.said.empty(); }, 3'000));
  CHECK(story.toy.now - began >= milliseconds{1'999});
  CHECK(story.said[0] == toy::suspect(kSilent));
  CHECK(story.toy.state(kSilent) == MemberState::suspect);
  CHECK(story.is_told_at_once());
}

TEST_CASE("membership: one that stays silent here must answer for itself, whatever the panel says",
          "[membership][panel]") {
  Story story;
  story.everybody_finds(true);
  std::size_t panels = 0;
  const auto is_said = [&] {
    panels += story.toy.sent<Inquest>().empty() ? 0U : 1U;
    return !story.said.empty();
  };
  REQUIRE(story.run_until(is_said, 120'000));
  CHECK(story.said[0] == toy::suspect(kSilent));
  CHECK(panels == 3);
  CHECK(story.is_told_at_once());
}

TEST_CASE("membership: who is asked checks at once and tells the panel and who asked",
          "[membership][panel]") {
  Engine toy;
  toy.know_up_to(kNodes);
  toy.engine.on_message(toy.now, node(2), endpoint(2), false, Inquest{node(3), 1}, toy.outbox);
  REQUIRE(toy.sent<Ping>().size() == 1);
  CHECK(toy.sent<Ping>()[0].to == endpoint(3));
  CHECK(toy.sent<PingRequest>().size() == 1);
  const bool is_there = GENERATE(true, false);
  const auto sequence = std::get<Ping>(toy.sent<Ping>()[0].message).sequence;
  toy.engine.on_heard(toy.now, node(4), endpoint(4), toy.outbox);
  if (is_there) {
    toy.engine.on_message(toy.now, node(3), endpoint(3), false, Ack{sequence}, toy.outbox);
  } else {
    toy.run_for(1'000);
  }
  const auto told = toy.sent<Opinion>();
  REQUIRE(told.size() >= kPanelSize);
  bool has_told_accuser = false;
  for (const Send& send : told) {
    const auto& opinion = std::get<Opinion>(send.message);
    CHECK(opinion.accused == node(3));
    CHECK(opinion.incarnation == 1);
    CHECK(opinion.is_clear == is_there);
    has_told_accuser = has_told_accuser || send.to == endpoint(2);
  }
  CHECK(has_told_accuser);
}

TEST_CASE("membership: an inquest of strangers, of old news or of the dead is not held",
          "[membership][panel][hostile]") {
  Engine toy;
  toy.know_up_to(kNodes);
  toy.engine.on_member(toy.now, node(3), statement(3, 5), toy.outbox);
  toy.outbox.clear();
  SECTION("a stranger's") {
    toy.engine.on_message(toy.now, node(99), endpoint(99), false, Inquest{node(3), 5}, toy.outbox);
  }
  SECTION("of an older life: who asks is told") {
    toy.engine.on_message(toy.now, node(2), endpoint(2), false, Inquest{node(3), 4}, toy.outbox);
    CHECK(toy.has_contacted(2));
  }
  SECTION("of a life not heard of") {
    toy.engine.on_message(toy.now, node(2), endpoint(2), false, Inquest{node(3), 6}, toy.outbox);
  }
  SECTION("of one that has left: who asks is told") {
    toy.engine.on_member(toy.now, node(4), toy::goodbye(4, 2), toy.outbox);
    toy.engine.on_message(toy.now, node(2), endpoint(2), false, Inquest{node(4), 2}, toy.outbox);
    CHECK(toy.has_contacted(2));
  }
  SECTION("of nobody") {
    toy.engine.on_message(toy.now, node(2), endpoint(2), false, Inquest{node(88), 5}, toy.outbox);
  }
  SECTION("of who asks") {
    toy.engine.on_message(toy.now, node(3), endpoint(3), false, Inquest{node(3), 5}, toy.outbox);
  }
  CHECK(toy.sent<Ping>().empty());
}

/// `from` asks about node `accused`, which answers each ping at once.
void ask_about(Engine& toy, std::uint8_t from, std::uint8_t accused, Incarnation incarnation = 1) {
  toy.engine.on_message(toy.now, node(from), endpoint(from), false,
                        Inquest{node(accused), incarnation}, toy.outbox);
  for (const Send& ping : toy.sent<Ping>()) {
    toy.engine.on_message(toy.now, std::get<Ping>(ping.message).target, ping.to, ping.by_stream,
                          Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
  }
}

TEST_CASE(
    "membership: who asks about others all the time has few of them checked, and leaves the rest "
    "theirs",
    "[membership][panel][hostile]") {
  Engine toy;
  toy.know_up_to(kNodes);
  std::size_t checks = 0;
  for (int i = 0; i < 1'000; ++i) {
    ask_about(toy, 2, 3);
    for (const Send& ping : toy.sent<Ping>()) {
      checks += std::get<Ping>(ping.message).target == node(3) ? 1 : 0;
    }
    toy.outbox.clear();
    toy.run_for(1);
  }
  CHECK(checks >= 10);
  CHECK(checks <= 40);
  SECTION("another's question is looked into") {
    ask_about(toy, 4, 3);
    CHECK_FALSE(toy.sent<Opinion>().empty());
  }
  SECTION("his own too, when he has been quiet for a period") {
    toy.run_for(1'000);
    toy.outbox.clear();
    ask_about(toy, 2, 5);
    CHECK_FALSE(toy.sent<Opinion>().empty());
  }
}

TEST_CASE(
    "membership: who asks about the dead is told what became of them, not as often as it asks",
    "[membership][panel][hostile]") {
  Engine toy;
  toy.know_up_to(kNodes);
  toy.engine.on_member(toy.now, node(3), toy::goodbye(3, 2), toy.outbox);
  toy.outbox.clear();
  for (std::uint8_t from = 4; from <= kNodes; ++from) {
    for (int i = 0; i < 10; ++i) ask_about(toy, from, 3);
  }
  CHECK(toy.all<Contact>().size() == 1);
  toy.now = toy.now + milliseconds{100};
  ask_about(toy, 4, 3);
  CHECK(toy.all<Contact>().size() == 2);
}

TEST_CASE("membership: who is asked about itself says that it lives", "[membership][panel]") {
  Engine toy;
  toy.know_up_to(kNodes);
  toy.engine.on_message(toy.now, node(2), endpoint(2), false, Inquest{node(1), 1}, toy.outbox);
  REQUIRE(toy.sent<Opinion>().size() == 1);
  CHECK(std::get<Opinion>(toy.sent<Opinion>()[0].message).is_clear);
}

TEST_CASE("membership: opinions that nobody asked for do nothing", "[membership][panel][hostile]") {
  Engine toy;
  toy.know_up_to(kNodes);
  for (std::uint8_t i = 2; i <= kNodes; ++i) {
    if (i == 3) continue;
    toy.engine.on_message(toy.now, node(i), endpoint(i), false, Opinion{node(3), 1, false},
                          toy.outbox);
  }
  toy.run_for(10);
  CHECK(toy.state(3) == MemberState::alive);
  CHECK(toy.published<Verdict>().empty());
  CHECK(toy.sent<Inquest>().empty());
}

TEST_CASE("membership: one that comes and goes is suspected for twice as long each time",
          "[membership][flaps]") {
  Story story;
  Engine& toy = story.toy;
  std::vector<std::int64_t> lasted;
  for (Incarnation life = 1; life <= 5; ++life) {
    toy.engine.on_verdict(toy.now, node(3), toy::suspect(kSilent, life), toy.outbox);
    const Instant began = toy.now;
    story.run_until([&] { return toy.state(kSilent) == MemberState::down; }, 40'000);
    lasted.push_back((toy.now - began) / milliseconds{1'000});
    toy.engine.on_member(toy.now, node(kSilent), statement(kSilent, life + 1), toy.outbox);
    story.run_until([] { return false; }, 10);
  }
  CHECK(lasted == std::vector<std::int64_t>{4, 8, 17, 34, 34});
}

// How long another's suspicion of the silent one lasts, in seconds.
std::int64_t lasts_now(Story& story, Incarnation life) {
  Engine& toy = story.toy;
  toy.engine.on_verdict(toy.now, node(3), toy::suspect(kSilent, life), toy.outbox);
  const Instant began = toy.now;
  story.run_until([&] { return toy.state(kSilent) == MemberState::down; }, 40'000);
  return (toy.now - began) / milliseconds{1'000};
}

TEST_CASE("membership: one that came back more than five minutes ago is suspected as any other",
          "[membership][flaps]") {
  Story story;
  Engine& toy = story.toy;
  REQUIRE(lasts_now(story, 1) == 4);
  toy.engine.on_member(toy.now, node(kSilent), statement(kSilent, 2), toy.outbox);
  story.is_silent = false;
  story.run_until([] { return false; }, 5 * 60'000);
  story.is_silent = true;
  CHECK(lasts_now(story, 2) == 4);
}

TEST_CASE("membership: who leaves and starts again does not come and go", "[membership][flaps]") {
  Story story;
  Engine& toy = story.toy;
  for (Incarnation said = 2; said < 8; said += 2) {
    toy.engine.on_member(toy.now, node(kSilent), toy::goodbye(kSilent, said), toy.outbox);
    toy.engine.on_member(toy.now, node(kSilent), statement(kSilent, said + 1), toy.outbox);
  }
  CHECK(lasts_now(story, 7) == 4);
}

}  // namespace
}  // namespace gossamer::membership
