#include "driver/acknowledgements.hpp"

#include <fmt/format.h>

namespace gossamer::driver {

void Acknowledgements::on_committed(const UnitId& unit, Sequence sequence, Durability durability,
                                    Store::Committed done) {
  if (durability == Durability::local) return answer(std::move(done), sequence);
  waiting_[unit].push_back({sequence, std::move(done)});
}

void Acknowledgements::on_frozen(const UnitId& unit, Sequence through) {
  const auto at = waiting_.find(unit);
  if (at == waiting_.end()) return;
  std::deque<Waiting>& queue = at->second;
  while (!queue.empty() && queue.front().sequence <= through) {
    answer(std::move(queue.front().done), queue.front().sequence);
    queue.pop_front();
  }
  if (queue.empty()) waiting_.erase(at);
}

void Acknowledgements::on_lost(const UnitId& unit, Sequence unknown_through,
                               const std::string& detail) {
  const auto at = waiting_.find(unit);
  if (at == waiting_.end()) return;
  std::deque<Waiting> queue = std::move(at->second);
  waiting_.erase(at);
  for (Waiting& waiting : queue) {
    const bool was_sent = waiting.sequence <= unknown_through;
    answer(
        std::move(waiting.done),
        was_sent
            ? fail(ErrorCode::unknown_outcome,
                   fmt::format("write {} of {} may be in the journal, or enter it yet, though "
                               "the unit was lost ({}); ask its owner, under the same request id",
                               waiting.sequence, to_string(unit), detail))
            : fail(ErrorCode::fenced, fmt::format("write {} of {} did not enter the journal: {}",
                                                  waiting.sequence, to_string(unit), detail)));
  }
}

void Acknowledgements::answer(Store::Committed done, Result<Sequence> result) {
  after_turn_.add(
      [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
}

}  // namespace gossamer::driver
