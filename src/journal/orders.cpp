// Rule 2: what a request's outcome allows to conclude, and when it is sent again.

#include "journal/orders.hpp"

#include <fmt/format.h>

#include <type_traits>

namespace gossamer::journal {
namespace {

template <class... T>
struct Kinds {};
template <class T, class... U>
constexpr bool is_among(Kinds<U...>) {
  return (std::is_same_v<T, U> || ...);
}
using Creates = Kinds<CreateEntry, CreateManifest, Upload>;
using Reads = Kinds<GetEntry, GetManifest, Fetch, Remove, ReadSpec>;
using OfStores = Kinds<InspectStore, RecordClaim, SetAside, BeginBuild, AdoptBuild, OpenStore,
                       Apply, Checkpoint>;

template <class Order>
struct AnswerTo {
  using Type = Outcome;
};
template <>
struct AnswerTo<GetEntry> {
  using Type = EntryRead;
};
template <>
struct AnswerTo<GetManifest> {
  using Type = ManifestRead;
};
template <>
struct AnswerTo<List> {
  using Type = Listed;
};
template <>
struct AnswerTo<ReadSpec> {
  using Type = SpecRead;
};
template <>
struct AnswerTo<InspectStore> {
  using Type = StoreInspected;
};
template <>
struct AnswerTo<AdoptBuild> {
  using Type = BuildAdopted;
};
template <>
struct AnswerTo<OpenStore> {
  using Type = StoreOpened;
};
template <>
struct AnswerTo<Apply> {
  using Type = Applied;
};
template <>
struct AnswerTo<Checkpoint> {
  using Type = CheckpointTaken;
};

template <class T>
T only_outcome(Outcome outcome) {
  if constexpr (std::is_same_v<T, Outcome>) {
    return outcome;
  } else {
    T answer;
    answer.outcome = std::move(outcome);
    return answer;
  }
}

/// The kind of answer that the order's part expects; another kind is an answer that says nothing.
Answer normalised(const Effect& order, Answer answer) {
  return std::visit(
      [&](const auto& given) -> Answer {
        using Expected = typename AnswerTo<std::decay_t<decltype(given)>>::Type;
        if (std::holds_alternative<Expected>(answer)) return std::move(answer);
        Outcome outcome;
        if (const auto* plain = std::get_if<Outcome>(&answer)) outcome = *plain;
        if (outcome.outcome == ObjectOutcome::ok) {
          outcome = {ObjectOutcome::unknown, "the answer was of another kind"};
        }
        return only_outcome<Expected>(std::move(outcome));
      },
      order);
}

bool is_conclusive(const Effect& order, const Answer& answer) {
  const ObjectOutcome outcome = outcome_of(answer).outcome;
  return std::visit(
      [&](const auto& given) {
        using Order = std::decay_t<decltype(given)>;
        if constexpr (is_among<Order>(Creates{})) {
          return outcome == ObjectOutcome::ok || outcome == ObjectOutcome::exists;
        } else if constexpr (is_among<Order>(Reads{})) {
          return outcome == ObjectOutcome::ok || outcome == ObjectOutcome::absent;
        } else if constexpr (std::is_same_v<Order, List>) {
          // A page that does not get on would be asked for for ever; take it as no answer.
          const Listed& page = std::get<Listed>(answer);
          const bool gets_on =
              page.is_last || (!page.keys.empty() && page.keys.back() > given.after);
          return outcome == ObjectOutcome::ok && gets_on;
        } else {
          return is_among<Order>(OfStores{});  // Local: a failure is an answer.
        }
      },
      order);
}

void set_op(Effect& order, Op op) {
  std::visit(
      [&](auto& given) {
        if constexpr (requires { given.op; }) given.op = op;
      },
      order);
}

/// Doubles from retry_min to retry_max; the second half is drawn, so that many do not come at once.
Duration backoff(Turn& turn, unsigned tries) {
  Duration wait = turn.options.retry_min;
  for (unsigned i = 1; i < tries && wait < turn.options.retry_max; ++i) wait *= 2;
  wait = std::min(wait, turn.options.retry_max);
  return Duration{turn.random.between(wait.count() / 2, wait.count())};
}

}  // namespace

const Outcome& outcome_of(const Answer& answer) {
  return std::visit(
      [](const auto& given) -> const Outcome& {
        if constexpr (std::is_same_v<std::decay_t<decltype(given)>, Outcome>) {
          return given;
        } else {
          return given.outcome;
        }
      },
      answer);
}

void Orders::give(Turn& turn, const UnitId& unit, Ticket ticket, Effect order, unsigned tries_max) {
  send(turn, unit, Waiting{ticket, std::move(order), tries_max, 0, std::nullopt});
}

void Orders::send(Turn& turn, const UnitId& unit, Waiting waiting) {
  const Op op = turn.draw_op(unit);
  set_op(waiting.order, op);
  waiting.again_at = std::nullopt;
  if (std::holds_alternative<Fetch>(waiting.order)) fetches_.insert(op);
  turn.outbox.push_back(waiting.order);
  waiting_.emplace(op, std::move(waiting));
}

void Orders::cancel(Part part) {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    it = it->second.ticket.part == part ? waiting_.erase(it) : std::next(it);
  }
  std::erase_if(alarmed_, [&](const Asked& asked) { return asked.first == part; });
}

std::size_t Orders::count(Part part) const {
  std::size_t count = 0;
  for (const auto& [op, waiting] : waiting_) count += waiting.ticket.part == part ? 1 : 0;
  return count;
}

std::optional<Orders::Concluded> Orders::on_done(Turn& turn, const UnitId& unit, Op op,
                                                 Answer answer) {
  fetches_.erase(op);
  const auto found = waiting_.find(op);
  if (found == waiting_.end() || found->second.again_at) {
    turn.trace("journal: answer to an order of a dead phase");
    return std::nullopt;
  }
  Waiting& waiting = found->second;
  answer = normalised(waiting.order, std::move(answer));
  const bool concludes = is_conclusive(waiting.order, answer);
  if (concludes) {
    alarmed_.erase(asked(waiting));
  } else {
    alarm_once(turn, unit, waiting, outcome_of(answer));
    ++waiting.tries;
    if (waiting.tries_max == kForever || waiting.tries < waiting.tries_max) {
      turn.trace("journal: unknown outcome");
      waiting.again_at = turn.now + backoff(turn, waiting.tries);
      return std::nullopt;
    }
  }
  Concluded concluded{waiting.ticket, std::move(waiting.order), std::move(answer)};
  waiting_.erase(found);
  return concluded;
}

// A refusal wants somebody at once. Silence may end by itself, so it is told the second time.
void Orders::alarm_once(Turn& turn, const UnitId& unit, const Waiting& waiting,
                        const Outcome& outcome) {
  const bool is_refused = outcome.outcome == ObjectOutcome::refused;
  if (!is_refused && waiting.tries == 0) return;
  if (!alarmed_.insert(asked(waiting)).second) return;
  turn.alarm(unit, fmt::format("the object store {}; trying again: {}",
                               is_refused ? "refuses" : "does not answer", outcome.detail));
}

void Orders::give_again(Turn& turn, const UnitId& unit) {
  std::vector<Op> due;
  for (const auto& [op, waiting] : waiting_) {
    if (waiting.again_at && *waiting.again_at <= turn.now) due.push_back(op);
  }
  for (const Op op : due) {
    auto node = waiting_.extract(op);
    send(turn, unit, std::move(node.mapped()));
  }
}

std::optional<Instant> Orders::next_deadline() const {
  std::optional<Instant> next;
  for (const auto& [op, waiting] : waiting_) {
    if (waiting.again_at && (!next || *waiting.again_at < *next)) next = waiting.again_at;
  }
  return next;
}

}  // namespace gossamer::journal
