#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/interner.hpp"
#include "base/sorted_chunks.hpp"
#include "membership/belief_merge.hpp"
#include "membership/round_trips.hpp"
#include "membership/statement.hpp"

namespace gossamer::membership {

/// Everybody known, this node included: what each last said of itself, and what is believed of it.
/// Bounded by members_max.
///
/// **Lifetime**: what find() and insert() tell is good until the next insert() or erase().
class MemberTable {
 public:
  /// What most members have, so it is small: there may be 10,000, and many nodes in one process.
  struct Held {
    /// What it last said of itself and what is believed of it, as views have it.
    const Member* member = nullptr;
    Incarnation said = 0;  ///< Of its statement.
    Moment housed_at{};    ///< Since when it has its address, by its own word.
    RoundTrip round_trip{};
    std::uint32_t head = 0;            ///< Its id's first bytes, to search by.
    std::uint8_t silent_in_a_row = 0;  ///< Times that it was asked and did not answer.
    bool has_departed = false;         ///< It was live here until it said goodbye.
    bool has_answered = false;         ///< A ping of ours, from the address that it has.

    Belief belief() const { return {member->state, member->incarnation}; }
    bool is_live() const { return member->is_live(); }
    /// It has shown that its address is its own, or has kept to it: nobody who names one address
    /// after the other has us connect to them all.
    bool is_settled(Instant now) const {
      return has_answered || (housed_at && now >= *housed_at + kSettlingTime);
    }
  };
  /// What only those have that were once in trouble.
  struct Past {
    std::uint64_t verdict_version = 0;  ///< Of the verdict entry held; 0: none.
    Moment warned_at{};                 ///< When it was last told that it is doubted.
    Moment ousted_at{};                 ///< When another was last found at its address.
    Moment returned_at{};               ///< When it last came back from being down or gone,
    std::uint8_t returns = 0;           ///< and how often lately, from being down.
    bool is_reborn = false;             ///< By a restart, when it last came back.
  };
  static constexpr Duration kSettlingTime = std::chrono::seconds{3};

  explicit MemberTable(std::size_t members_max, Interner<Member>* interner = nullptr)
      : members_max_(members_max), interner_(interner) {}

  bool is_full() const { return size_ >= members_max_; }
  const Held* find(const NodeId& id) const;
  /// What is said and believed is changed below, where the indexes follow; the rest freely.
  Held* find(const NodeId& id);
  /// An empty one if it has none.
  const Past& past(const NodeId& id) const;
  /// Requires: held.
  Past& keep_past(const NodeId& id);
  /// Requires: not full, not there yet.
  Held& insert(const NodeId& id, const MemberStatement& statement, const Belief& belief);
  void erase(const NodeId& id);
  void restate(const NodeId& id, const MemberStatement& statement);
  void believe(const NodeId& id, const Belief& belief);

  std::size_t size() const { return size_; }
  std::size_t live_count() const { return live_count_; }
  /// Of who is live, under which incarnation. Not of who is suspected, or was ever here.
  std::uint64_t live_digest() const { return live_digest_; }
  std::vector<NodeId> live_at(const Endpoint& endpoint) const;
  bool is_live_endpoint(const Endpoint& endpoint) const;
  std::vector<NodeId> down() const;
  /// As the view has it. Requires: held.
  const Member& describe(const NodeId& id) const;
  /// Made anew only when something changed, and only of the blocks that did.
  const MemberView& view() const;

 private:
  /// Some that stand next to each other by id, each at one place in both. Every packet looks
  /// several members up, and each node of a process has tables of its own, which no cache holds: so
  /// what is searched is flat.
  struct Block {
    std::shared_ptr<MemberView::Chunk> members;
    std::vector<Held> held;
    mutable bool is_shown = false;  ///< A view has its members: they are copied before a change.
  };
  struct Place {
    std::size_t block;
    std::size_t at;
  };
  static constexpr std::size_t kBlockMax = 64;

  /// Where it is, or would be.
  Place place_of(const NodeId& id) const;
  bool is_there(const Place& place, const NodeId& id) const;
  Place room_at(const NodeId& id);
  MemberView::Chunk& changeable(Block& block);
  void set(const Place& place, Member&& member);
  void join_next(std::size_t block);
  /// Who says that it is at an endpoint: a hash of that, and its id's head. Others may share both.
  static std::uint64_t address_of(const Endpoint& endpoint, std::uint32_t head);
  void count(const Held& held);
  void discount(const Held& held);

  std::size_t members_max_;
  Interner<Member>* interner_;
  std::vector<Block> blocks_;  ///< By id; none is empty.
  std::map<NodeId, Past> pasts_;
  SortedChunks<std::uint64_t> live_at_;  ///< Addresses of those that are live.
  std::size_t size_ = 0;
  std::size_t live_count_ = 0;
  std::uint64_t live_digest_ = 0;
  mutable MemberView view_;
  mutable bool is_view_current_ = true;
};

}  // namespace gossamer::membership
