#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "membership/belief_merge.hpp"
#include "membership/round_trips.hpp"
#include "membership/statement.hpp"

namespace gossamer::membership {

/// Everybody known, this node included: what each last said of itself, and what is believed of it.
/// Bounded by members_max.
class MemberTable {
 public:
  struct Held {
    /// What it last said of itself and what is believed of it, as views have it.
    MemberView::Shared member{};
    Incarnation said = 0;               ///< Of its statement.
    std::uint64_t verdict_version = 0;  ///< Of the verdict entry held; 0: none.
    Moment housed_at{};                 ///< Since when it has its address, by its own word.
    Moment warned_at{};                 ///< When it was last told that it is doubted.
    Moment ousted_at{};                 ///< When another was last found at its address.
    Moment returned_at{};               ///< When it last came back from being down,
    std::uint8_t returns = 0;           ///< and how often lately.
    std::uint8_t silent_in_a_row = 0;   ///< Times that it was asked and did not answer.
    bool is_reborn = false;             ///< By a restart, when it last came back.
    bool has_departed = false;          ///< It was live here until it said goodbye.
    bool has_answered = false;          ///< A ping of ours, from the address that it has.
    RoundTrip round_trip{};

    Belief belief() const { return {member->state, member->incarnation}; }
    bool is_live() const { return member->is_live(); }
    /// It has shown that its address is its own, or has kept to it: nobody who names one address
    /// after the other has us connect to them all.
    bool is_settled(Instant now) const {
      return has_answered || (housed_at && now >= *housed_at + kSettlingTime);
    }
  };
  static constexpr Duration kSettlingTime = std::chrono::seconds{3};

  explicit MemberTable(std::size_t members_max) : members_max_(members_max) {}

  bool is_full() const { return held_.size() >= members_max_; }
  const Held* find(const NodeId& id) const;
  /// What is said and believed is changed below, where the indexes follow; the rest freely.
  Held* find(const NodeId& id);
  /// Requires: not full, not there yet.
  Held& insert(const NodeId& id, const MemberStatement& statement, const Belief& belief);
  void erase(const NodeId& id);
  void restate(const NodeId& id, const MemberStatement& statement);
  void believe(const NodeId& id, const Belief& belief);

  std::size_t size() const { return held_.size(); }
  std::size_t live_count() const { return live_count_; }
  /// Of who is live, under which incarnation. Not of who is suspected, or was ever here.
  std::uint64_t live_digest() const { return live_digest_; }
  std::vector<NodeId> live_at(const Endpoint& endpoint) const;
  bool is_live_endpoint(const Endpoint& endpoint) const;
  std::vector<NodeId> down() const;
  /// As the view has it. Requires: held.
  const Member& describe(const NodeId& id) const;
  /// Rebuilt only when something changed.
  const MemberView& view() const;

 private:
  /// Every packet looks several members up, and each node of a process has tables of its own, which
  /// no cache holds: so these are flat, and sorted.
  struct Place {
    NodeId id;
    std::unique_ptr<Held> held;
  };
  struct Address {
    std::uint64_t hash;  ///< Of the endpoint; two may share it.
    NodeId id;
    friend auto operator<=>(const Address&, const Address&) = default;
  };
  static Address first_at(const Endpoint& endpoint);
  std::vector<Place>::const_iterator place_of(const NodeId& id) const;
  void count(const Member& member);
  void discount(const Member& member);

  std::size_t members_max_;
  std::vector<Place> held_;       ///< By id.
  std::vector<Address> live_at_;  ///< Of those that are live.
  std::size_t live_count_ = 0;
  std::uint64_t live_digest_ = 0;
  mutable MemberView view_;
  mutable bool is_view_current_ = true;
};

}  // namespace gossamer::membership
