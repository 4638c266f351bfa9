#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "journal/effect.hpp"
#include "journal/turn.hpp"

namespace gossamer::journal {

/// Which part of a unit's journal waits for an answer.
enum class Part : std::uint8_t {
  observe,
  slot,
  claim,
  thaw,
  append,
  look,
  freeze,
  prune,
  withdraw
};

/// What the part that gave an order needs, to know the answer's meaning.
struct Ticket {
  Part part = Part::observe;
  std::uint8_t step = 0;    ///< Of that part's own steps.
  std::uint64_t index = 0;  ///< A slot, a place in a list, or who asked.
};

/// The orders of one unit whose answers still matter. Rule 2 lives here, once for all parts: an
/// unknown outcome concludes nothing, the same order is given again, later and later, until the
/// answer is one that concludes. An order whose part was ended is forgotten, and so is its answer.
class Orders {
 public:
  static constexpr unsigned kForever = 0;

  /// Gives `order`; its op is set here. After `tries_max` unknown outcomes that is the answer.
  void give(Turn& turn, const UnitId& unit, Ticket ticket, Effect order,
            unsigned tries_max = kForever);
  /// The part is over: what it ordered may still happen, but concludes nothing any more.
  void cancel(Part part);

  std::size_t count(Part part) const;
  /// No answer matters any more.
  bool is_empty() const { return waiting_.empty() && fetches_.empty(); }

  struct Concluded {
    Ticket ticket;
    Effect order;
    Answer answer;  ///< Of the kind that belongs to the order.
  };
  /// Nothing: the order is of a dead phase, or will be given again.
  std::optional<Concluded> on_done(Turn& turn, const UnitId& unit, Op op, Answer answer);
  void give_again(Turn& turn, const UnitId& unit);
  std::optional<Instant> next_deadline() const;

  /// Orders that still write into the place where a store is built, of dead phases too.
  std::size_t fetches_in_flight() const { return fetches_.size(); }

 private:
  struct Waiting {
    Ticket ticket;
    Effect order;
    unsigned tries_max = kForever;
    unsigned tries = 0;
    std::optional<Instant> again_at;  ///< Nothing: under way.
  };
  void send(Turn& turn, const UnitId& unit, Waiting waiting);
  /// A part and the kind of its order: where lists are answered, reads may be refused for ever.
  using Asked = std::pair<Part, std::size_t>;
  static Asked asked(const Waiting& waiting) {
    return {waiting.ticket.part, waiting.order.index()};
  }
  void alarm_once(Turn& turn, const UnitId& unit, const Waiting& waiting, const Outcome& outcome);

  std::map<Op, Waiting> waiting_;
  std::set<Op> fetches_;
  std::set<Asked> alarmed_;  ///< Somebody was told, and no answer has come since.
};

/// How an answer of whatever kind ended.
const Outcome& outcome_of(const Answer& answer);

}  // namespace gossamer::journal
