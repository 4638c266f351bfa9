#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "gossip/gossip.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership::toy {

/// Both engines of several nodes over a network of one queue. Statements stay structs: an entry's
/// bytes are their place in one list, padded to a signed statement's size.
class Cluster {
 public:
  explicit Cluster(std::uint8_t nodes, MembershipOptions options = {}, std::uint64_t seed = 1)
      : options_(options), random_(seed) {
    for (std::uint8_t i = 1; i <= nodes; ++i) add(i, statement(i));
  }
  /// Starts a node that knows node 1 as its seed.
  void add(std::uint8_t number, MemberStatement own) {
    auto fresh =
        std::make_unique<Node>(Node{Membership{options_, {node(number), own}, random_.next()},
                                    gossip::Gossip{options_, node(number), random_.next()}});
    Node& added = *(nodes_[number] = std::move(fresh));
    added.home = own.endpoint;
    at_[own.endpoint] = number;
    added.membership.start(now_, added.outbox);
    if (number != 1) added.membership.on_seeds(now_, {endpoint(1)}, added.outbox);
    settle(number);
  }
  void kill(std::uint8_t number) { nodes_.erase(number); }
  void pause(std::uint8_t number) { nodes_[number]->paused_at = now_; }
  /// Reads what had queued up, then runs its timers, as a process does that was stopped.
  void resume(std::uint8_t number) {
    Node& woken = *nodes_[number];
    const auto due = woken.next_deadline();
    woken.paused_at.reset();
    if (due && *due < now_) woken.membership.on_stall(now_, now_ - *due);
    for (Packet& packet : std::exchange(woken.backlog, {})) deliver(packet);
    settle(number);
  }
  /// Packets pass only within one side.
  void split(std::set<std::uint8_t> side) { side_ = std::move(side); }
  /// An insider says of another what is not so, under the newest that the other has said, to all.
  void slander(std::uint8_t author, std::uint8_t accused, MemberState state) {
    const Verdict verdict{node(accused), nodes_[accused]->membership.incarnation(), state};
    const gossip::Entry entry = entry_of(author, verdict);
    for (const auto& [number, endpoint] : homes_) {
      if (number != author)
        post(author, endpoint, false, gossip::Message{gossip::Rumours{}}, {entry});
    }
  }
  void lose(std::uint64_t percent) { loss_percent_ = percent; }
  /// No connection can be made to it.
  void shut(std::uint8_t number) { shut_.insert(number); }

  void run_for(std::int64_t ms) {
    const Instant until = now_ + milliseconds{ms};
    while (true) {
      std::optional<Instant> next;
      if (!packets_.empty()) next = packets_.begin()->first.first;
      for (auto& [number, node] : nodes_) {
        const auto due = node->next_deadline();
        if (!node->paused_at && due && (!next || *due < *next)) next = due;
      }
      if (!next || *next > until) break;
      now_ = std::max(now_, *next);
      step();
    }
    now_ = until;
  }

  /// How many hold `number` in this state, itself left out.
  std::size_t holding(std::uint8_t number, MemberState state) const {
    std::size_t count = 0;
    for (const auto& [other, node] : nodes_) {
      const Member* member = node->membership.members().find(toy::node(number));
      if (other != number && member != nullptr && member->state == state) ++count;
    }
    return count;
  }
  bool all_see_all() const {
    return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& pair) {
      return pair.second->membership.members().live_count() == nodes_.size();
    });
  }
  bool digests_agree() const {
    return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& pair) {
      return pair.second->gossip.replica().digest() ==
             nodes_.begin()->second->gossip.replica().digest();
    });
  }
  const Membership& membership(std::uint8_t number) const { return nodes_.at(number)->membership; }
  Instant now() const { return now_; }

  std::size_t deaths = 0;  ///< Members named in MembersDown, at all nodes.
  std::size_t refutations = 0;
  std::uint64_t datagrams = 0;
  std::uint64_t frames = 0;
  std::map<std::string, std::size_t> marks;

 private:
  using Said = std::variant<MemberStatement, Verdict>;
  using AnyMessage = std::variant<Message, gossip::Message>;
  struct Packet {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    bool by_stream = false;
    AnyMessage message;
    std::vector<gossip::Entry> entries;
  };
  struct Node {
    Membership membership;
    gossip::Gossip gossip;
    Outbox outbox{};
    gossip::Outbox gossip_outbox{};
    Endpoint home{};
    std::optional<Instant> paused_at{};
    std::vector<Packet> backlog{};

    std::optional<Instant> next_deadline() const {
      const auto first = membership.next_deadline();
      const auto second = gossip.next_deadline();
      if (!first || !second) return first ? first : second;
      return std::min(*first, *second);
    }
  };

  void step() {
    while (!packets_.empty() && packets_.begin()->first.first <= now_) {
      Packet packet = std::move(packets_.begin()->second);
      packets_.erase(packets_.begin());
      if (nodes_.count(packet.to) == 0) continue;
      if (nodes_[packet.to]->paused_at) {
        nodes_[packet.to]->backlog.push_back(std::move(packet));
        continue;
      }
      deliver(packet);
      settle(packet.to);
    }
    for (auto& [number, node] : nodes_) {
      const auto due = node->next_deadline();
      if (node->paused_at || !due || *due > now_) continue;
      node->membership.on_deadline(now_, node->outbox);
      node->gossip.on_deadline(now_, node->membership.members(), node->gossip_outbox);
      settle(number);
    }
  }

  void deliver(const Packet& packet) {
    Node& to = *nodes_[packet.to];
    for (const gossip::Entry& entry : packet.entries) {
      if (!to.gossip.is_news(entry.key, entry.version)) {
        to.gossip.heard_again(entry.key, entry.version);
        continue;
      }
      const auto& [author, said] = said_[place_of(entry)];
      const bool is_held =
          std::holds_alternative<Verdict>(said)
              ? to.membership.on_verdict(now_, author, std::get<Verdict>(said), to.outbox)
              : to.membership.on_member(now_, author, std::get<MemberStatement>(said), to.outbox);
      const auto telling = packet.by_stream ? gossip::Telling::hold : gossip::Telling::tell;
      if (is_held) to.gossip.put(now_, entry, telling);
    }
    const NodeId from = node(packet.from);
    const Endpoint home = homes_.at(packet.from);
    if (!packet.by_stream) to.membership.on_heard(now_, from, home, to.outbox);
    if (packet.by_stream && to.membership.members().find(from) == nullptr) return;
    if (const auto* swim = std::get_if<Message>(&packet.message)) {
      to.membership.on_message(now_, from, home, packet.by_stream, *swim, to.outbox);
    } else {
      to.gossip.on_message(now_, home, std::get<gossip::Message>(packet.message), to.gossip_outbox);
    }
  }

  void settle(std::uint8_t number) {
    Node& node = *nodes_[number];
    homes_[number] = node.home;
    while (!node.outbox.empty() || !node.gossip_outbox.empty()) {
      for (Effect& effect : std::exchange(node.outbox, {})) carry_out(number, effect);
      for (gossip::Effect& effect : std::exchange(node.gossip_outbox, {})) {
        if (const auto* send = std::get_if<gossip::Send>(&effect)) {
          post(number, send->to, send->by_stream, send->message, send->entries);
        } else {
          ++marks[std::get<gossip::Trace>(effect).mark];
        }
      }
    }
  }

  void carry_out(std::uint8_t number, const Effect& effect) {
    Node& node = *nodes_[number];
    if (const auto* send = std::get_if<Send>(&effect)) {
      const auto riders =
          send->by_stream ? std::vector<gossip::Entry>{} : node.gossip.ride_along(1'100);
      post(number, send->to, send->by_stream, send->message, riders);
    } else if (const auto* publish = std::get_if<Publish>(&effect)) {
      node.gossip.put(now_, entry_of(number, publish->statement));
    } else if (const auto* contact = std::get_if<Contact>(&effect)) {
      std::vector<gossip::Entry> riders;
      for (const gossip::EntryKey& key :
           {gossip::EntryKey{gossip::EntryKind::member, toy::node(number), {}},
            gossip::EntryKey{gossip::EntryKind::verdict, contact->doubted, {}}}) {
        if (const auto* held = node.gossip.replica().find(key)) riders.push_back(*held);
      }
      node.gossip.contact(contact->to, std::move(riders), node.gossip_outbox);
    } else if (const auto* forget = std::get_if<gossip::Forget>(&effect)) {
      node.gossip.erase(forget->key);
    } else if (const auto* hush = std::get_if<gossip::Hush>(&effect)) {
      node.gossip.hush(hush->key);
    } else if (const auto* unhush = std::get_if<gossip::Unhush>(&effect)) {
      node.gossip.unhush(unhush->key);
    } else if (const auto* notify = std::get_if<Notify>(&effect)) {
      if (const auto* dead = std::get_if<MembersDown>(&notify->event)) {
        deaths += dead->members.size();
      }
      if (std::holds_alternative<SelfRefuted>(notify->event)) ++refutations;
    } else if (const auto* trace = std::get_if<gossip::Trace>(&effect)) {
      ++marks[trace->mark];
    }
    // There are no links here: what they add is told in refusing_test.cpp.
  }

  void post(std::uint8_t from, const Endpoint& to, bool by_stream, AnyMessage message,
            std::vector<gossip::Entry> entries) {
    ++(by_stream ? frames : datagrams);
    const auto at = at_.find(to);
    if (at == at_.end() || side_.count(from) != side_.count(at->second)) return;
    if (by_stream ? shut_.contains(at->second) : random_.chance(loss_percent_, 100)) return;
    const Instant arrival = now_ + std::chrono::microseconds{random_.between(200, 1'500)};
    packets_[{arrival, next_packet_++}] = {from, at->second, by_stream, std::move(message),
                                           std::move(entries)};
  }

  gossip::Entry entry_of(std::uint8_t author, const Said& said) {
    said_.emplace_back(node(author), said);
    auto bytes = std::make_shared<Bytes>(200);
    for (std::size_t i = 0; i < 8; ++i) {
      (*bytes)[i] = static_cast<std::uint8_t>((said_.size() - 1) >> (8 * i));
    }
    if (const auto* verdict = std::get_if<Verdict>(&said)) {
      return {{gossip::EntryKind::verdict, verdict->accused, {}}, verdict->version(), bytes};
    }
    const auto& own = std::get<MemberStatement>(said);
    return {{gossip::EntryKind::member, node(author), {}}, own.incarnation, bytes};
  }
  static std::size_t place_of(const gossip::Entry& entry) {
    std::size_t place = 0;
    for (std::size_t i = 8; i > 0; --i) place = (place << 8) | (*entry.statement)[i - 1];
    return place;
  }

  MembershipOptions options_;
  Random random_;
  Instant now_ = at(0);
  std::map<std::uint8_t, std::unique_ptr<Node>> nodes_;
  std::map<std::uint8_t, Endpoint> homes_;
  std::map<Endpoint, std::uint8_t> at_;
  std::set<std::uint8_t> shut_;
  std::map<std::pair<Instant, std::uint64_t>, Packet> packets_;
  std::uint64_t next_packet_ = 0;
  std::vector<std::pair<NodeId, Said>> said_;
  std::set<std::uint8_t> side_;
  std::uint64_t loss_percent_ = 0;
};

}  // namespace gossamer::membership::toy
