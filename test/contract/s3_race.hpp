#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "contract/s3_fixture.hpp"

namespace gossamer::test {

/// Creates one key with bytes of its own until the outcome is certain, as a claimant does: the same
/// bytes again after `unknown` and `refused`, which is as unknown for a write; on `exists` the
/// object is read, and only its content tells.
class Racer : public std::enable_shared_from_this<Racer> {
 public:
  Racer(ObjectStore& store, std::string key, std::string content)
      : store_(store), key_(std::move(key)), content_(std::move(content)) {}

  void create() {
    ++creates;
    store_.create(key_, make_source(to_bytes(content_)),
                  [self = shared_from_this()](ObjectResult result) { self->on_created(result); });
  }

  bool is_certain = false;
  bool has_won = false;
  std::string refusal{};  ///< What no racer may meet.
  unsigned creates = 0;
  unsigned unknowns = 0;  ///< Creates whose outcome was not told.
  unsigned reads = 0;

 private:
  static constexpr unsigned kAttemptsMax = 1'000;

  void on_created(const ObjectResult& result) {
    switch (result.outcome) {
      case ObjectOutcome::ok: return know(true);
      case ObjectOutcome::exists: return read();
      case ObjectOutcome::unknown:
      case ObjectOutcome::refused:
        if (++unknowns < kAttemptsMax) return create();
        break;
      case ObjectOutcome::absent: break;
    }
    refusal = result.detail;
    know(false);
  }

  void read() {
    auto bytes = std::make_shared<Bytes>();
    store_.get(key_, std::nullopt, make_sink(bytes, 4096),
               [self = shared_from_this(), bytes](ObjectResult result) {
                 const bool is_told =
                     result.outcome == ObjectOutcome::ok || result.outcome == ObjectOutcome::absent;
                 if (!is_told && ++self->reads < kAttemptsMax) return self->read();
                 if (result.outcome != ObjectOutcome::ok) {
                   self->refusal = "exists, and cannot be read: " + result.detail;
                 }
                 self->know(as_text(*bytes) == self->content_);
               });
  }

  void know(bool won) {
    is_certain = true;
    has_won = won;
  }

  ObjectStore& store_;
  const std::string key_;
  const std::string content_;
};

struct RaceFigures {
  std::size_t rounds = 0, winners = 0, creates = 0, unknowns = 0;
};

/// `rounds` races of 8 nodes for one key each, several at once. Of each exactly one must win, and
/// know it; and the object must be the winner's afterwards.
inline RaceFigures race(S3Fixture& objects, std::size_t rounds) {
  constexpr std::size_t kRacers = 8;
  constexpr std::size_t kRoundsAtOnce = 25;
  std::vector<std::unique_ptr<ObjectStore>> nodes;
  for (std::size_t i = 0; i < kRacers; ++i) nodes.push_back(objects.open_another());
  RaceFigures figures;
  while (figures.rounds < rounds) {
    std::vector<std::shared_ptr<Racer>> racers;
    const std::size_t now = std::min(kRoundsAtOnce, rounds - figures.rounds);
    for (std::size_t i = 0; i < now * kRacers; ++i) {
      const std::string round = std::to_string(figures.rounds + i / kRacers);
      racers.push_back(
          std::make_shared<Racer>(*nodes[i % kRacers], "journal/ledger/0/" + round,
                                  "node " + std::to_string(i % kRacers) + " in round " + round));
      racers.back()->create();
    }
    objects.run_until([&] {
      return std::all_of(racers.begin(), racers.end(),
                         [](auto& racer) { return racer->is_certain; });
    });
    for (std::size_t round = 0; round < now; ++round) {
      std::size_t winners = 0;
      for (std::size_t i = 0; i < kRacers; ++i) {
        const Racer& racer = *racers[round * kRacers + i];
        if (!racer.refusal.empty()) FAIL(racer.refusal);
        if (racer.has_won) ++winners;
        figures.creates += racer.creates;
        figures.unknowns += racer.unknowns;
      }
      if (winners != 1)
        FAIL("round " << figures.rounds + round << " has " << winners << " winners");
      figures.winners += winners;
    }
    figures.rounds += now;
  }
  return figures;
}

}  // namespace gossamer::test
