#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "naming/naming.hpp"

namespace gossamer::naming {

using std::chrono::minutes;
using std::chrono::seconds;

inline NodeId node(std::uint8_t number) {
  NodeId id;
  id.bytes[0] = number;
  return id;
}

inline Instant at(Duration since_origin) {
  return {since_origin};
}

/// `{1, alive}, {2, down}` as a view. Sorted by the caller.
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

inline MemberView all_alive(std::uint8_t count) {
  std::vector<std::pair<std::uint8_t, MemberState>> members;
  for (std::uint8_t n = 1; n <= count; ++n) members.emplace_back(n, MemberState::alive);
  return view(members);
}

inline RecordStatement said(std::uint8_t by, std::uint64_t version, Epoch epoch = 0,
                            const std::string& name = "ledger", std::uint32_t ordinal = 0) {
  RecordStatement statement;
  statement.record.name = name;
  statement.record.ordinal = ordinal;
  statement.record.node = node(by);
  statement.record.endpoint = {"10.0.0.1", static_cast<std::uint16_t>(version)};
  statement.record.epoch = epoch;
  statement.version = version;
  return statement;
}

inline RecordStatement withdrawn(RecordStatement statement) {
  statement.is_withdrawn = true;
  return statement;
}

template <class T>
std::size_t count(const Outbox& outbox) {
  return static_cast<std::size_t>(std::count_if(
      outbox.begin(), outbox.end(), [](const Effect& e) { return std::holds_alternative<T>(e); }));
}

template <class T>
std::vector<T> all(const Outbox& outbox) {
  std::vector<T> found;
  for (const Effect& effect : outbox) {
    if (const T* one = std::get_if<T>(&effect)) found.push_back(*one);
  }
  return found;
}

/// A naming engine of node 1 with a clock that the test moves.
struct Node {
  explicit Node(Naming::Options options = {}) : naming{node(1), options} {}

  bool hear(const RecordStatement& statement) {
    outbox.clear();
    return naming.on_record(now, statement.record.node, statement, outbox);
  }
  void see(const MemberView& members) {
    outbox.clear();
    naming.on_members(now, members, outbox);
  }
  void claim(const UnitId& unit, Epoch epoch, std::uint8_t by = 0) {
    outbox.clear();
    naming.on_claim(now, unit, epoch, node(by), outbox);
  }
  /// Node `by` announces that it holds the claim of `epoch`, in slot 10 x epoch.
  bool announce(const UnitId& unit, Epoch epoch, std::uint8_t by) {
    return announce({unit, epoch, node(by), 10 * epoch});
  }
  bool announce(const ClaimHeard& heard) {
    outbox.clear();
    return naming.on_claim_heard(now, heard, outbox);
  }
  /// The last ReadClaim of the outbox is answered.
  void slot_holds(Naming::SlotContent content, Epoch epoch = 0, std::uint8_t writer = 0) {
    slot_holds(all<ReadClaim>(outbox).back().question, content, epoch, writer);
  }
  void slot_holds(std::uint64_t question, Naming::SlotContent content, Epoch epoch = 0,
                  std::uint8_t writer = 0) {
    outbox.clear();
    naming.on_claim_read(now, question, content, epoch, node(writer), outbox);
  }
  /// The journal's newest entry, as read after everything that was asked.
  void journal_holds(const UnitId& unit, Epoch epoch, std::uint8_t claimant = 0) {
    outbox.clear();
    naming.on_journal_read(now, unit, {true, true, epoch, node(claimant)}, outbox);
  }
  void journal_is_silent(const UnitId& unit) {
    outbox.clear();
    naming.on_journal_read(now, unit, {false, true, 0, {}}, outbox);
  }
  /// Runs every deadline on the way.
  void advance(Duration by) {
    outbox.clear();
    const Instant end = now + by;
    while (true) {
      const auto next = naming.next_deadline();
      if (!next || *next > end) break;
      REQUIRE(*next >= now);
      now = *next;
      naming.on_deadline(now, outbox);
      const auto after = naming.next_deadline();
      REQUIRE((!after || *after > now));
    }
    now = end;
  }
  /// `1:5 3:0`: node and epoch of each record of the answer; a stale one ends in `?`.
  std::string answer(const std::string& name = "ledger") const {
    std::string text;
    for (const NameRecord& record : naming.resolve(name)) {
      if (!text.empty()) text += ' ';
      text += std::to_string(record.node.bytes[0]) + ':' + std::to_string(record.epoch);
      if (record.is_stale) text += '?';
    }
    return text;
  }

  Naming naming;
  Instant now{seconds{100}};
  Outbox outbox{};
};

/// Node 1 knows that node 2 owns the unit in epoch 5, and answers so.
struct Settled : Node {
  explicit Settled(Naming::Options options = {}) : Node{options} {
    see(all_alive(9));
    outbox.clear();
    naming.on_claim(now, UnitId{"ledger", 0}, 5, node(2), outbox);
    hear(said(2, 1, 5));
    REQUIRE(answer() == "2:5");
  }
};

}  // namespace gossamer::naming
