#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/allowance.hpp"
#include "base/deadlines.hpp"
#include "naming/fair_queue.hpp"
#include "naming/teller.hpp"

namespace gossamer::naming {

/// What others say of epochs and no journal has borne out yet: claims that they announce, epochs of
/// their records. Knows when to put which question; what an answer means is State's.
///
/// A claim is a doubt if its author was live when it was heard. Doubts are asked about before all
/// else, but for every kLaterEvery-th question: names wait for them.
///
/// Bounds: kClaimsMax claims, kClaimsPerAuthorMax of one live author and of all others together,
/// kClaimsPerUnitMax of one unit, and as many records as are held; kUnderWayMax questions under
/// way, and kQuestionsPerWindow in each kWindow, whoever causes them.
class Inquiries {
 public:
  static constexpr std::size_t kClaimsMax = 512;
  /// An honest node tries for fewer units at once, so it runs into this only while the store is
  /// slow.
  static constexpr std::size_t kClaimsPerAuthorMax = 16;
  static constexpr std::size_t kClaimsPerUnitMax = 8;
  static constexpr std::size_t kUnderWayMax = 64;
  static constexpr std::uint64_t kLaterEvery = 4;
  static constexpr std::size_t kQuestionsPerWindow = 1'000;
  static constexpr Duration kWindow = std::chrono::seconds{10};
  /// Until a question that told nothing is put again: doubles from the first to the second.
  static constexpr Duration kAskAgainMin = std::chrono::seconds{1};
  static constexpr Duration kAskAgainMax = std::chrono::seconds{60};

  /// `slot`: the one to be read; 0: the newest of the unit's journal.
  struct Question {
    std::uint64_t id = 0;
    Teller teller{};
    Epoch epoch = 0;
    std::uint64_t slot = 0;
    bool is_of_claim = false;
  };

  /// A higher one of the same author takes the place of a lower. False: no room.
  bool add_claim(const ClaimHeard& claim, bool is_author_live);
  /// Claims that were heard before their authors were live.
  const std::set<Teller>& strangers() const { return strangers_; }
  /// The author of such a claim is live now. False: there is no room for one more doubt of its.
  bool open_doubt(const Teller& teller);
  void end_claim(const Teller& teller);
  /// The claim's slot cannot be read, so the journal's newest is to be.
  void read_tip(const Teller& teller);
  /// `epoch` 0: nothing is to be known of its record. A known liar's question waits kAskAgainMax.
  void want_record(Instant now, const Teller& teller, Epoch epoch, bool is_liar);

  const ClaimHeard* claim(const Teller& teller) const;
  /// The highest epoch of a claim that is in doubt; 0: none.
  Epoch doubted(const UnitId& unit) const;
  std::vector<Teller> about(const UnitId& unit) const;

  /// The questions that are to be put now. They are under way until answered, or for a minute.
  std::vector<Question> take(Instant now);
  /// Null: it is not under way.
  const Question* under_way(std::uint64_t id) const;
  /// Those about the newest slot of the unit's journal.
  std::vector<Question> tip_questions(const UnitId& unit) const;
  /// The answer tells what was asked. What is still to be known is asked next; of a liar, later.
  void answered(Instant now, const Question& question, bool is_liar);
  /// The answer tells nothing.
  void unanswered(Instant now, const Question& question);
  std::optional<Instant> next_deadline() const;

 private:
  struct Inquiry {
    std::optional<ClaimHeard> claim{};
    bool is_doubt = false;            ///< That claim's author was live.
    bool is_slot_unreadable = false;  ///< That of the claim.
    Epoch record = 0;
    std::optional<Question> asked{};
    Duration wait = kAskAgainMin;
    bool is_over() const { return !claim && record == 0; }
  };
  Inquiry& inquiry(const Teller& teller);
  bool has_room_for(const ClaimHeard& claim, bool is_author_live) const;
  std::size_t doubts_of(const NodeId& author) const;
  void close_doubt(const Teller& teller);
  void push(const Teller& teller);
  void unqueue(const Teller& teller);
  Teller pop();
  bool has_ready() const { return !doubts_.is_empty() || !later_.is_empty(); }
  void ready(const Teller& teller);
  void wait(Instant now, const Teller& teller, Inquiry& inquiry);
  void erase_if_over(const Teller& teller);
  void count_doubts(const UnitId& unit);
  Question question(const Teller& teller, const Inquiry& inquiry);
  void expire(Instant now);

  std::map<Teller, Inquiry> inquiries_;
  std::map<UnitId, Epoch> doubted_;
  std::size_t claims_ = 0;
  std::map<NodeId, std::size_t> doubts_of_;
  std::set<Teller> strangers_;
  FairQueue doubts_;
  FairQueue later_;  ///< What no name waits for.
  std::uint64_t popped_ = 0;
  Deadlines<Teller> waits_;  ///< Until asked again, or no answer is expected any more.
  std::map<std::uint64_t, Teller> under_way_;
  std::uint64_t last_question_ = 0;
  Allowance allowance_{kQuestionsPerWindow, kWindow};
  std::optional<Instant> paused_until_{};
};

}  // namespace gossamer::naming
