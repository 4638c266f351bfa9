#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ownership/ownership.hpp"
#include "ownership/ranking.hpp"

namespace gossamer::ownership {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto kAlive = MemberState::alive;
constexpr auto kSuspect = MemberState::suspect;
constexpr auto kDown = MemberState::down;
constexpr auto kLeft = MemberState::left;

inline NodeId node(std::uint8_t number) {
  NodeId id;
  id.bytes[0] = number;
  return id;
}

/// Sorted by the caller.
inline MemberView view(const std::vector<std::pair<std::uint8_t, MemberState>>& members) {
  auto list = std::make_shared<std::vector<Member>>();
  for (const auto& [number, state] : members) {
    Member member;
    member.id = node(number);
    member.state = state;
    list->push_back(member);
  }
  return MemberView{list};
}

/// Nodes 1 to `count`, all alive but `gone`.
inline MemberView cluster(std::uint8_t count, const std::vector<std::uint8_t>& gone = {},
                          MemberState state = kDown) {
  std::vector<std::pair<std::uint8_t, MemberState>> members;
  for (std::uint8_t n = 1; n <= count; ++n) {
    const bool is_gone = std::find(gone.begin(), gone.end(), n) != gone.end();
    members.emplace_back(n, is_gone ? state : kAlive);
  }
  return view(members);
}

inline SpecVersion spec_of(const std::string& name, std::uint64_t version,
                           std::uint32_t instances = 1) {
  SpecVersion spec;
  spec.spec.name = name;
  spec.spec.instances = instances;
  spec.version = version;
  return spec;
}

inline SpecVersion undeploy_of(const std::string& name, std::uint64_t version) {
  SpecVersion spec = spec_of(name, version);
  spec.is_undeploy = true;
  return spec;
}

/// A unit in which `self` has this rank among nodes 1 to `count`, without `excluded`.
inline UnitId unit_of_rank(std::size_t place, std::uint8_t count, std::uint8_t self = 1,
                           std::uint8_t excluded = 0) {
  for (int i = 0;; ++i) {
    const UnitId unit{"ledger" + std::to_string(i), 0};
    const std::vector<std::uint8_t> gone =
        excluded == 0 ? std::vector<std::uint8_t>{} : std::vector<std::uint8_t>{excluded};
    if (rank_of(unit, cluster(count, gone), node(self), {}) == place) return unit;
  }
}

inline std::string describe(const Event& event) {
  if (const auto* changed = std::get_if<OwnershipChanged>(&event)) {
    return "owner " + std::to_string(changed->owner.bytes[0]) + " of epoch " +
           std::to_string(changed->epoch);
  }
  if (std::holds_alternative<OwnerUnreachable>(event)) return "unreachable";
  if (const auto* spec = std::get_if<SpecChanged>(&event)) {
    return (spec->deployed ? "deployed " : "undeployed ") + std::to_string(spec->version);
  }
  return std::holds_alternative<Alarm>(event) ? "alarm" : "?";
}

/// Effects as words: what a table can hold. Traces are left out.
inline std::string describe(const Outbox& outbox) {
  std::string text;
  const auto say = [&](const std::string& word) { text += (text.empty() ? "" : ", ") + word; };
  for (const Effect& effect : outbox) {
    if (std::holds_alternative<Observe>(effect)) say("observe");
    if (std::holds_alternative<AskMayTake>(effect)) say("ask");
    if (const auto* claim = std::get_if<Claim>(&effect)) {
      say("claim at " + (claim->tip_expected ? std::to_string(*claim->tip_expected) : "?"));
    }
    if (const auto* order = std::get_if<Withdraw>(&effect)) {
      say("withdraw " + std::to_string(order->spec_version));
    }
    if (const auto* notify = std::get_if<Notify>(&effect)) say(describe(notify->event));
  }
  return text;
}

/// The ownership engine of node 1, its clock, and its orders in words.
struct Node {
  explicit Node(UnitId watched, Ownership::Options options = {})
      : unit{std::move(watched)}, ownership{options, node(1)} {}

  /// Inputs give the words of their effects.
  std::string see(const MemberView& members) {
    return run([&](Outbox& out) { ownership.on_members(now, members, out); });
  }
  std::string deploy(std::uint64_t version = 1, std::uint32_t instances = 1) {
    return read(spec_of(unit.service, version, instances));
  }
  std::string read(const SpecVersion& spec) {
    return run([&](Outbox& out) { ownership.on_spec(now, spec, out); });
  }
  std::string claimed(Epoch epoch, std::uint8_t owner) {
    return run([&](Outbox& out) { ownership.on_claim(now, {unit, epoch, node(owner), 0}, out); });
  }
  std::string observed(std::uint64_t tip, Epoch epoch = 0, std::uint8_t owner = 0) {
    Ownership::Observation seen;
    seen.unit = unit;
    seen.is_reliable = true;
    seen.tip = tip;
    seen.epoch = epoch;
    seen.owner = node(owner);
    return observed(seen);
  }
  std::string observed(const Ownership::Observation& seen) {
    return run([&](Outbox& out) { ownership.on_observed(now, seen, out); });
  }
  std::string may_take(bool may) {
    return run([&](Outbox& out) { ownership.on_may_take(now, unit, may, out); });
  }
  std::string ended(ClaimResult result, Epoch epoch = 0, std::uint8_t owner = 0) {
    return run(
        [&](Outbox& out) { ownership.on_claim_ended(now, unit, result, epoch, node(owner), out); });
  }
  std::string stopped() {
    return run([&](Outbox& out) { ownership.on_stopped(now, unit, out); });
  }
  void published(Epoch epoch) { ownership.on_published(now, unit, epoch); }

  /// Runs every deadline on the way; the words of all.
  std::string advance(Duration by) {
    const Instant end = now + by;
    std::string text;
    for (int turns = 0;; ++turns) {
      REQUIRE(turns < 100'000);
      const auto next = ownership.next_deadline();
      if (!next || *next > end) break;
      now = std::max(now, *next);
      const std::string words = run([&](Outbox& out) { ownership.on_deadline(now, out); });
      const auto after = ownership.next_deadline();
      REQUIRE((!after || *after > now));
      if (!words.empty()) text += (text.empty() ? "" : ", ") + words;
    }
    now = end;
    return text;
  }
  /// Brings the unit to a claim in flight, from a vacancy that was just found: look, ask, claim.
  void claim_from(std::uint64_t tip, Epoch epoch, std::uint8_t owner) {
    std::string words = observed(tip, epoch, owner);
    for (int i = 0; i < 600 && words.find("ask") == std::string::npos; ++i) {
      words += advance(milliseconds{100});
    }
    REQUIRE(words.find("ask") != std::string::npos);
    REQUIRE(may_take(true) == "claim at " + std::to_string(tip));
  }
  std::string status() const {
    const auto units = ownership.status();
    if (units.size() != 1) return std::to_string(units.size()) + " units";
    return std::to_string(units[0].owner.bytes[0]) + ":" + std::to_string(units[0].epoch);
  }

  template <class F>
  std::string run(F input) {
    Outbox outbox;
    input(outbox);
    return describe(outbox);
  }

  UnitId unit;
  Ownership ownership;
  Instant now{seconds{100}};
};

/// A node in a settled cluster of `count`, where node `owner` has published the unit in epoch 3.
inline Node settled(UnitId unit, std::uint8_t count, std::uint8_t owner,
                    Ownership::Options options = {}) {
  Node one{std::move(unit), options};
  one.see(cluster(count));
  one.claimed(3, owner);
  one.published(3);
  one.deploy();
  one.advance(minutes{1});
  return one;
}

}  // namespace gossamer::ownership
