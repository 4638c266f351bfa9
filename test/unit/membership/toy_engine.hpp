#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "membership/membership.hpp"

// One engine under a test's hands, and what came out of it.

namespace gossamer::membership::toy {

using std::chrono::milliseconds;

inline Instant at(std::int64_t ms) {
  return {milliseconds{ms}};
}

inline NodeId node(std::uint8_t number) {
  NodeId id;
  id.bytes[0] = number;
  return id;
}

inline Endpoint endpoint(std::uint8_t number) {
  return {"10.0.0." + std::to_string(number), 7946};
}

inline MemberStatement statement(std::uint8_t number, Incarnation incarnation = 1) {
  MemberStatement said;
  said.name = "n" + std::to_string(number);
  said.endpoint = endpoint(number);
  said.incarnation = incarnation;
  return said;
}

inline MemberStatement goodbye(std::uint8_t number, Incarnation incarnation) {
  MemberStatement said = statement(number, incarnation);
  said.is_leaving = true;
  return said;
}

inline Verdict suspect(std::uint8_t number, Incarnation incarnation = 1) {
  return {node(number), incarnation, MemberState::suspect};
}
inline Verdict down(std::uint8_t number, Incarnation incarnation = 1) {
  return {node(number), incarnation, MemberState::down};
}

/// Node 1, started at 0, with whatever it wished for since the last clear().
class Engine {
 public:
  explicit Engine(MembershipOptions options = {}, MemberStatement own = statement(1),
                  std::uint64_t seed = 1, const Mechanisms& mechanisms = Mechanisms::chosen())
      : engine(options, {node(1), std::move(own)}, seed, mechanisms) {
    engine.start(now, outbox);
    outbox.clear();
  }
  /// Knows nodes 2 to `last`.
  void know_up_to(std::uint8_t last) {
    for (std::uint8_t i = 2; i <= last; ++i) engine.on_member(now, node(i), statement(i), outbox);
    run(now + milliseconds{20});
    outbox.clear();
  }
  /// Others suspect it, it has had its time to answer, and they say that it is down.
  void hear_dead(std::uint8_t accuser, const std::vector<std::uint8_t>& dead) {
    for (const std::uint8_t number : dead) {
      engine.on_verdict(now, node(accuser), suspect(number), outbox);
    }
    run_for(1'000);
    outbox.clear();
    for (const std::uint8_t number : dead) {
      engine.on_verdict(now, node(accuser), down(number), outbox);
    }
  }
  /// Runs every deadline up to `until`. False if one did not lead past itself.
  bool run(Instant until) {
    while (engine.next_deadline() && *engine.next_deadline() <= until) {
      now = std::max(now, *engine.next_deadline());
      engine.on_deadline(now, outbox);
      if (engine.next_deadline() && *engine.next_deadline() <= now) return false;
    }
    now = std::max(now, until);
    return true;
  }
  bool run_for(std::int64_t ms) { return run(now + milliseconds{ms}); }
  MemberState state(std::uint8_t number) const {
    return engine.members().find(node(number))->state;
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const Effect& effect : outbox) {
      if (const auto* wanted = std::get_if<T>(&effect)) found.push_back(*wanted);
    }
    return found;
  }
  template <class T>
  std::vector<T> events() const {
    std::vector<T> found;
    for (const Notify& notify : all<Notify>()) {
      if (const auto* wanted = std::get_if<T>(&notify.event)) found.push_back(*wanted);
    }
    return found;
  }
  template <class T>
  std::vector<T> published() const {
    std::vector<T> found;
    for (const Publish& publish : all<Publish>()) {
      if (const auto* wanted = std::get_if<T>(&publish.statement)) found.push_back(*wanted);
    }
    return found;
  }
  /// Sends that carry a T.
  template <class T>
  std::vector<Send> sent() const {
    std::vector<Send> found;
    for (const Send& send : all<Send>()) {
      if (std::holds_alternative<T>(send.message)) found.push_back(send);
    }
    return found;
  }
  bool has_contacted(std::uint8_t number) const {
    const auto contacts = all<Contact>();
    return std::any_of(contacts.begin(), contacts.end(),
                       [&](const Contact& c) { return c.to == endpoint(number); });
  }
  bool has_traced(const std::string& mark) const {
    const auto traces = all<gossip::Trace>();
    return std::any_of(traces.begin(), traces.end(),
                       [&](const gossip::Trace& t) { return mark == t.mark; });
  }

  Instant now = at(0);
  Membership engine;
  Outbox outbox;
};

/// All but `silent` answer at once, for so long.
inline void live_for(Engine& toy, std::int64_t ms, std::uint8_t silent = 0) {
  for (std::int64_t i = 0; i < ms; ++i) {
    const std::size_t seen = toy.outbox.size();
    toy.run_for(1);
    const Outbox fresh{toy.outbox.begin() + static_cast<std::ptrdiff_t>(seen), toy.outbox.end()};
    for (const Effect& effect : fresh) {
      const auto* send = std::get_if<Send>(&effect);
      const auto* ping = send == nullptr ? nullptr : std::get_if<Ping>(&send->message);
      if (ping == nullptr || ping->target == node(silent)) continue;
      toy.engine.on_message(toy.now, ping->target, send->to, false, Ack{ping->sequence},
                            toy.outbox);
    }
  }
}

}  // namespace gossamer::membership::toy
