#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "fixture.hpp"

namespace gossamer::ownership {

/// A journal reduced to its tip and its claims. Whatever changes it is atomic.
struct ToyJournal {
  std::uint64_t tip = 0;
  Epoch epoch = 0;
  NodeId writer{};
  bool is_withdrawn = false;
  std::uint64_t withdrawn_version = 0;
};

/// N ownership engines with views that lag behind the truth, gossip that loses, and journals that
/// all can reach. Virtual time; one seed, one story.
class ToyCluster {
 public:
  ToyCluster(std::uint64_t seed, std::uint8_t count) : random_{seed}, count_{count} {
    for (std::uint8_t n = 1; n <= count; ++n) start(n);
  }

  void start(std::uint8_t n) {
    Process& process = processes_[n];
    process = Process{};
    process.life = ++lives_;
    process.engine = std::make_unique<Ownership>(Ownership::Options{}, node(n));
    process.beliefs[n] = kAlive;
    tell_view(n);
    truth_changed();
    for (const auto& [name, spec] : specs_) deliver_spec(n, name);
    every(n, milliseconds{700}, [this, n] { sync(n); });
    every(n, seconds{1}, [this, n] { write(n); });
  }
  void kill(std::uint8_t n) {
    processes_.erase(n);
    truth_changed();
  }
  /// The process does nothing for `gap`; what comes in waits.
  void pause(std::uint8_t n, Duration gap) {
    if (processes_.count(n) == 0 || processes_[n].paused_until) return;
    processes_[n].paused_until = now_ + gap;
    truth_changed();
    after(
        n, gap,
        [this, n, gap] {
          Process& process = processes_[n];
          process.paused_until.reset();
          process.engine->on_stall(now_, gap);
          truth_changed();
          const auto waiting = std::move(process.waiting);
          process.waiting.clear();
          for (const auto& task : waiting) at(now_, task);
        },
        /*is_pausable=*/false);
  }
  /// Nodes of different groups do not hear each other. Empty: all do.
  void partition(std::map<std::uint8_t, int> groups) {
    groups_ = std::move(groups);
    truth_changed();
  }
  void deploy(const SpecVersion& spec) {
    specs_[spec.spec.name] = spec;
    for (const auto& [n, process] : processes_) deliver_spec(n, spec.spec.name);
  }

  void run(Duration by) {
    const Instant end = now_ + by;
    while (true) {
      std::optional<Instant> next;
      if (!tasks_.empty()) next = tasks_.begin()->first.first;
      std::uint8_t due = 0;
      for (auto& [n, process] : processes_) {
        if (process.paused_until) continue;
        const auto deadline = process.engine->next_deadline();
        if (deadline && (!next || *deadline < *next)) {
          next = std::max(*deadline, now_);
          due = n;
        }
      }
      if (!next || *next > end) break;
      now_ = *next;
      if (due != 0) {
        input(due,
              [](Ownership& engine, Instant now, Outbox& out) { engine.on_deadline(now, out); });
        const auto after = processes_[due].engine->next_deadline();
        REQUIRE((!after || *after > now_));
      } else {
        const auto task = tasks_.begin()->second;
        tasks_.erase(tasks_.begin());
        task();
      }
    }
    now_ = end;
  }

  /// Empty, or what is wrong: every wanted unit runs at the journal's owner and nowhere else, and
  /// everybody says so.
  std::string unsettled() const {
    for (const auto& [name, spec] : specs_) {
      for (std::uint32_t ordinal = 0; ordinal < spec.spec.instances; ++ordinal) {
        const UnitId unit{name, ordinal};
        const auto held = journals_.find(unit);
        const ToyJournal journal = held == journals_.end() ? ToyJournal{} : held->second;
        int running = 0;
        for (const auto& [n, process] : processes_) {
          const auto at = process.running.find(unit);
          if (at == process.running.end()) continue;
          ++running;
          if (at->second != journal.epoch) return to_string(unit) + " runs in an old epoch";
        }
        if (running != (spec.is_undeploy ? 0 : 1)) {
          return to_string(unit) + " runs " + std::to_string(running) + " times";
        }
        if (spec.is_undeploy) continue;
        for (const auto& [n, process] : processes_) {
          for (const auto& status : process.engine->status()) {
            if (status.unit != unit) continue;
            if (status.owner != journal.writer || status.epoch != journal.epoch) {
              return to_string(unit) + " is another's on " + std::to_string(n);
            }
          }
        }
      }
    }
    return {};
  }
  Epoch epochs() const {
    Epoch sum = 0;
    for (const auto& [unit, journal] : journals_) sum += journal.epoch;
    return sum;
  }
  std::uint8_t owner(const UnitId& unit) { return journals_[unit].writer.bytes[0]; }
  const std::string& story() const { return story_; }
  Random& random() { return random_; }
  std::uint8_t count() const { return count_; }
  bool is_running(std::uint8_t n) const { return processes_.count(n) == 1; }
  int unreachable_events() const { return unreachable_; }

  /// Chances in a hundred.
  std::uint64_t gossip_loss = 10;
  std::uint64_t store_errors = 10;
  std::uint64_t refusals = 0;

 private:
  struct Process {
    std::uint64_t life = 0;
    std::unique_ptr<Ownership> engine;
    std::map<std::uint8_t, MemberState> beliefs;
    std::map<UnitId, Epoch> running;
    std::set<UnitId> claiming;
    std::map<UnitId, ClaimAnnouncement> claims;  // heard
    std::map<UnitId, Epoch> published;           // heard
    std::optional<Instant> paused_until;
    std::vector<std::function<void()>> waiting;
  };

  void at(Instant when, std::function<void()> task) {
    tasks_.emplace(std::make_pair(when, ++sequence_), std::move(task));
  }
  /// Runs if that very process still lives then; waits while it is paused.
  void after(std::uint8_t n, Duration delay, std::function<void()> task, bool is_pausable = true) {
    const std::uint64_t life = processes_[n].life;
    at(now_ + delay, guarded(n, life, std::move(task), is_pausable));
  }
  std::function<void()> guarded(std::uint8_t n, std::uint64_t life, std::function<void()> task,
                                bool is_pausable) {
    return [this, n, life, task = std::move(task), is_pausable] {
      const auto process = processes_.find(n);
      if (process == processes_.end() || process->second.life != life) return;
      if (is_pausable && process->second.paused_until) {
        process->second.waiting.push_back(guarded(n, life, task, is_pausable));
        return;
      }
      task();
    };
  }
  void every(std::uint8_t n, Duration interval, std::function<void()> task) {
    after(n, interval, [this, n, interval, task] {
      task();
      if (processes_.count(n) == 1) every(n, interval, task);
    });
  }
  Duration some(int low_ms, int high_ms) { return milliseconds{random_.between(low_ms, high_ms)}; }

  bool hears(std::uint8_t a, std::uint8_t b) const {
    const auto b_process = processes_.find(b);
    if (b_process == processes_.end() || b_process->second.paused_until) return false;
    const auto group = [&](std::uint8_t n) {
      const auto held = groups_.find(n);
      return held == groups_.end() ? 0 : held->second;
    };
    return group(a) == group(b);
  }
  /// Every node learns the truth about every other after a while of its own.
  void truth_changed() {
    for (const auto& [n, process] : processes_) {
      for (std::uint8_t m = 1; m <= count_; ++m) {
        if (m != n) learn(n, m);
      }
    }
  }
  void learn(std::uint8_t n, std::uint8_t m) {
    after(n, some(200, 2500), [this, n, m] {
      auto& beliefs = processes_[n].beliefs;
      const auto held = beliefs.find(m);
      const bool is_here = hears(n, m);
      if (held == beliefs.end() && !is_here) return;
      const MemberState state = is_here ? kAlive : kDown;
      if (held != beliefs.end() && held->second == state) return;
      beliefs[m] = state;
      tell_view(n);
    });
  }
  void tell_view(std::uint8_t n) {
    std::vector<std::pair<std::uint8_t, MemberState>> members(processes_[n].beliefs.begin(),
                                                              processes_[n].beliefs.end());
    input(n, [&](Ownership& engine, Instant now, Outbox& out) {
      engine.on_members(now, view(members), out);
    });
  }
  void deliver_spec(std::uint8_t n, const std::string& name) {
    after(n, some(10, 1000), [this, n, name] {
      input(n, [&](Ownership& engine, Instant now, Outbox& out) {
        engine.on_spec(now, specs_[name], out);
      });
    });
  }

  void hear(std::uint8_t n, const ClaimAnnouncement& claim) {
    ClaimAnnouncement& held = processes_[n].claims[claim.unit];
    if (claim.epoch <= held.epoch) return;
    held = claim;
    input(n,
          [&](Ownership& engine, Instant now, Outbox& out) { engine.on_claim(now, claim, out); });
  }
  void hear_published(std::uint8_t n, const UnitId& unit, Epoch epoch) {
    Epoch& held = processes_[n].published[unit];
    if (epoch <= held) return;
    held = epoch;
    processes_[n].engine->on_published(now_, unit, epoch);
  }
  void spread(std::uint8_t n, const std::function<void(std::uint8_t)>& news) {
    for (const auto& [other, process] : processes_) {
      if (other == n || !hears(n, other) || random_.chance(gossip_loss, 100)) continue;
      after(other, some(5, 500), [m = other, news] { news(m); });
    }
  }
  /// Anti-entropy with one other node, both ways.
  void sync(std::uint8_t n) {
    const auto m = static_cast<std::uint8_t>(1 + random_.below(count_));
    if (m == n || !hears(n, m)) return;
    for (const auto& [a, b] : {std::pair{n, m}, std::pair{m, n}}) {
      const auto claims = processes_[a].claims;
      for (const auto& [unit, claim] : claims) hear(b, claim);
      const auto published = processes_[a].published;
      for (const auto& [unit, epoch] : published) hear_published(b, unit, epoch);
    }
  }

  template <class F>
  void input(std::uint8_t n, F call) {
    Outbox outbox;
    call(*processes_[n].engine, now_, outbox);
    const std::string words = describe(outbox);
    if (!words.empty()) {
      story_ += std::to_string(now_.since_origin.count() / 1'000'000) + " node " +
                std::to_string(n) + ": " + words + "\n";
    }
    for (const Effect& effect : outbox) carry_out(n, effect);
  }
  void carry_out(std::uint8_t n, const Effect& effect) {
    if (const auto* order = std::get_if<Observe>(&effect)) observe(n, order->unit);
    if (const auto* order = std::get_if<Claim>(&effect)) claim(n, *order);
    if (const auto* order = std::get_if<Withdraw>(&effect)) withdraw(n, *order);
    if (const auto* order = std::get_if<AskMayTake>(&effect)) {
      const bool may = !random_.chance(refusals, 100);
      after(n, some(0, 20), [this, n, unit = order->unit, may] {
        input(n, [&](Ownership& engine, Instant now, Outbox& out) {
          engine.on_may_take(now, unit, may, out);
        });
      });
    }
    if (const auto* notify = std::get_if<Notify>(&effect)) {
      if (std::holds_alternative<OwnerUnreachable>(notify->event)) ++unreachable_;
    }
  }
  void observe(std::uint8_t n, const UnitId& unit) {
    after(n, some(5, 200), [this, n, unit] {
      Ownership::Observation seen;
      seen.unit = unit;
      seen.is_reliable = !random_.chance(store_errors, 100);
      if (seen.is_reliable) {
        const ToyJournal& journal = journals_[unit];
        seen.tip = journal.tip;
        seen.epoch = journal.epoch;
        seen.owner = journal.writer;
        seen.is_withdrawn = journal.is_withdrawn;
        seen.withdrawn_version = journal.withdrawn_version;
      }
      after(n, some(5, 200), [this, n, seen] {
        input(n, [&](Ownership& engine, Instant now, Outbox& out) {
          engine.on_observed(now, seen, out);
        });
      });
    });
  }
  void claim(std::uint8_t n, const Claim& order) {
    // One claim of one unit at a time.
    REQUIRE(processes_[n].claiming.insert(order.unit).second);
    const auto running = processes_[n].running.find(order.unit);
    if (running != processes_[n].running.end()) {
      // It heard that it was replaced, and its journal has not met the newer claim yet.
      return end_claim(n, order.unit, ClaimResult::lost, running->second, node(n));
    }
    after(n, some(5, 200), [this, n, order] {
      const ToyJournal read = journals_[order.unit];
      if (read.is_withdrawn && read.withdrawn_version >= order.spec_version) {
        return end_claim(n, order.unit, ClaimResult::withdrawn, read.epoch, {});
      }
      if (order.tip_expected && read.tip > *order.tip_expected && read.writer != node(n)) {
        return end_claim(n, order.unit, ClaimResult::busy, read.epoch, read.writer);
      }
      if (random_.chance(store_errors, 300)) {
        return end_claim(n, order.unit, ClaimResult::failed, 0, {});
      }
      after(n, some(5, 400), [this, n, order, read] {
        ToyJournal& journal = journals_[order.unit];
        if (journal.tip != read.tip) {
          const bool is_told = random_.chance(1, 2);
          return end_claim(n, order.unit, ClaimResult::lost, is_told ? journal.epoch : 0,
                           is_told ? journal.writer : NodeId{});
        }
        journal = {read.tip + 1, read.epoch + 1, node(n), false, 0};
        end_claim(n, order.unit, ClaimResult::won, journal.epoch, node(n));
      });
    });
  }
  void end_claim(std::uint8_t n, const UnitId& unit, ClaimResult result, Epoch epoch,
                 const NodeId& owner) {
    after(n, some(5, 100), [this, n, unit, result, epoch, owner] {
      Process& process = processes_[n];
      process.claiming.erase(unit);
      if (result == ClaimResult::won) {
        process.running[unit] = epoch;
        const ClaimAnnouncement claim{unit, epoch, node(n), 0};
        hear(n, claim);
        spread(n, [this, claim](std::uint8_t m) { hear(m, claim); });
        after(n, some(50, 500), [this, n, unit, epoch] {
          if (processes_[n].running[unit] != epoch) return void(processes_[n].running.erase(unit));
          hear_published(n, unit, epoch);
          spread(n, [this, unit, epoch](std::uint8_t m) { hear_published(m, unit, epoch); });
        });
      }
      input(n, [&](Ownership& engine, Instant now, Outbox& out) {
        engine.on_claim_ended(now, unit, result, epoch, owner, out);
      });
    });
  }
  /// Every running unit appends, or learns that it was replaced.
  void write(std::uint8_t n) {
    const auto running = processes_[n].running;
    for (const auto& [unit, epoch] : running) {
      ToyJournal& journal = journals_[unit];
      if (journal.epoch == epoch && !journal.is_withdrawn) {
        if (random_.chance(1, 3)) ++journal.tip;
        continue;
      }
      stop(n, unit);
    }
  }
  void stop(std::uint8_t n, const UnitId& unit) {
    if (processes_[n].running.erase(unit) == 0) return;
    input(n,
          [&](Ownership& engine, Instant now, Outbox& out) { engine.on_stopped(now, unit, out); });
  }
  void withdraw(std::uint8_t n, const Withdraw& order) {
    after(n, some(5, 300), [this, n, order] {
      ToyJournal& journal = journals_[order.unit];
      const auto newest = specs_.find(order.unit.service);
      if (newest->second.version <= order.spec_version && !journal.is_withdrawn) {
        ++journal.tip;
        journal.is_withdrawn = true;
        journal.withdrawn_version = order.spec_version;
      }
      stop(n, order.unit);
    });
  }

  Random random_;
  std::uint8_t count_;
  Instant now_{seconds{1000}};
  std::uint64_t lives_ = 0;
  std::uint64_t sequence_ = 0;
  int unreachable_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> tasks_;
  std::map<std::uint8_t, Process> processes_;
  std::map<std::uint8_t, int> groups_;
  std::map<UnitId, ToyJournal> journals_;
  std::map<std::string, SpecVersion> specs_;
  std::string story_;
};

}  // namespace gossamer::ownership
