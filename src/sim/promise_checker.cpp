#include "sim/promise_checker.hpp"

#include <fmt/format.h>

namespace gossamer::sim {

void PromiseChecker::on_started(const NodeId& node, std::uint64_t volume, const UnitId& id,
                                Epoch epoch, const Store& store) {
  const std::string when =
      fmt::format("{} starts in epoch {} on {}", to_string(id), epoch, to_short_string(node));
  const JournalChecker::Claim* claim = journal_.claim(id, epoch);
  if (claim == nullptr) return complain_(when + " without a claim that counts");
  if (claim->writer != node) {
    complain_(fmt::format("{}, and the claim is {}'s", when, to_short_string(claim->writer)));
  }
  if (!claim->is_confirmed)
    complain_(when + " before it has seen that nothing lies above its claim");
  Unit& unit = units_[id];
  const auto [owner, is_first] = unit.owners.emplace(epoch, node);
  if (!is_first) complain_(when + ", which has served that epoch before or is another's");
  unit.volumes[epoch] = volume;

  const LedgerContents contents = read_ledger(store);
  check_frozen(when, unit, epoch, contents);
  check_sums(when, contents);
  for (const auto& [request, promise] : unit.local) {
    if (contents.requests.count(request) == 0 && survives_locally(id, unit, promise.epoch, epoch)) {
      complain_(fmt::format("{}: {} was acknowledged as local in epoch {} and is gone", when,
                            request, promise.epoch));
    }
  }
}

bool PromiseChecker::survives_locally(const UnitId& id, const Unit& unit, Epoch written_in,
                                      Epoch now_in) const {
  // Only if every claim since was made with the very store that holds the write.
  const auto volume = unit.volumes.find(written_in);
  const auto owner = unit.owners.find(written_in);
  if (written_in > now_in || volume == unit.volumes.end()) return false;
  for (const JournalChecker::Claim& claim : journal_.claims_between(id, written_in, now_in)) {
    const auto recorded = recorded_in_.find(claim.nonce);
    if (claim.writer != owner->second || recorded == recorded_in_.end() ||
        recorded->second.count(volume->second) == 0) {
      return false;
    }
  }
  return true;
}

void PromiseChecker::check_frozen(const std::string& when, const Unit& unit, Epoch through,
                                  const LedgerContents& contents) {
  for (const auto& [request, promise] : unit.frozen) {
    if (promise.epoch > through || contents.requests.count(request) == 1) continue;
    ++lost_;
    complain_(fmt::format("{}: {} was acknowledged as frozen in epoch {} and is lost", when,
                          request, promise.epoch));
  }
}

void PromiseChecker::check_sums(const std::string& when, const LedgerContents& contents) {
  std::map<std::string, std::uint64_t> sums;
  for (const auto& [request, applied] : contents.requests) sums[applied.counter] += applied.amount;
  if (sums == contents.sums) return;
  for (const auto& [counter, sum] : contents.sums) {
    if (sums[counter] == sum) continue;
    complain_(
        fmt::format("{}: {} is {}, its requests add up to {}", when, counter, sum, sums[counter]));
  }
}

void PromiseChecker::on_acknowledged(const NodeId& node, const Acknowledgement& promise) {
  ++acknowledged_;
  Unit& unit = units_[promise.unit];
  (promise.durability == Durability::frozen ? unit.frozen : unit.local)
      .emplace(promise.request, promise);
  if (promise.durability == Durability::frozen &&
      !journal_.holds_request(promise.unit, promise.request)) {
    complain_(fmt::format("{} acknowledged {} of {} as frozen, and the journal does not hold it",
                          to_short_string(node), promise.request, to_string(promise.unit)));
  }
}

void PromiseChecker::check_contents(const UnitId& id, const Store& store) {
  const std::string when = fmt::format("{} in the end", to_string(id));
  const LedgerContents contents = read_ledger(store);
  check_frozen(when, units_[id], store.epoch(), contents);
  check_sums(when, contents);
  for (const auto& [request, promise] : units_[id].frozen) {
    const auto applied = contents.requests.find(request);
    if (applied == contents.requests.end()) continue;
    if (applied->second.counter != promise.counter || applied->second.amount != promise.amount) {
      complain_(fmt::format("{}: {} is another request", when, request));
    }
  }
}

}  // namespace gossamer::sim
