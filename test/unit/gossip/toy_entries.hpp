#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "gossip/gossip.hpp"

namespace gossamer::gossip::toy {

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

inline Entry entry(EntryKey key, std::uint64_t version, std::size_t bytes = 100) {
  return {std::move(key), version, std::make_shared<const Bytes>(bytes, std::uint8_t{7})};
}

inline Entry record(std::size_t number, std::uint64_t version = 1, std::size_t bytes = 100) {
  return entry({EntryKind::record, node(200), "r" + std::to_string(number)}, version, bytes);
}

/// A view of live members with these numbers.
inline MemberView view(const std::vector<std::uint8_t>& numbers,
                       const std::vector<std::uint8_t>& down = {}) {
  std::vector<Member> members;
  for (const std::uint8_t number : numbers) {
    members.push_back(
        {node(number), "n" + std::to_string(number), endpoint(number), 1, MemberState::alive, ""});
  }
  for (const std::uint8_t number : down) {
    members.push_back({node(number), "", endpoint(number), 1, MemberState::down, ""});
  }
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  return MemberView{std::make_shared<const std::vector<Member>>(std::move(members))};
}

inline std::vector<Send> sends(const Outbox& outbox) {
  std::vector<Send> found;
  for (const Effect& effect : outbox) {
    if (const auto* send = std::get_if<Send>(&effect)) found.push_back(*send);
  }
  return found;
}

/// Runs every deadline up to `until` and collects what is sent.
inline Outbox run(Gossip& gossip, std::int64_t until_ms, const MemberView& members) {
  Outbox outbox;
  while (gossip.next_deadline() && *gossip.next_deadline() <= at(until_ms)) {
    const Instant due = *gossip.next_deadline();
    gossip.on_deadline(due, members, outbox);
    REQUIRE((!gossip.next_deadline() || *gossip.next_deadline() > due));
  }
  return outbox;
}

inline std::vector<Send> tellings(const Outbox& outbox) {
  std::vector<Send> found;
  for (const Send& send : sends(outbox)) {
    if (std::holds_alternative<Rumours>(send.message)) found.push_back(send);
  }
  return found;
}

}  // namespace gossamer::gossip::toy
