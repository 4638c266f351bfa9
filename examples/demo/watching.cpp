// What the demo sees of its nodes: their events as they come, and what they answer when asked.

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "admin_client.hpp"
#include "demo.hpp"
#include "journal_audit.hpp"

namespace gossamer::demo {
namespace {

constexpr Milliseconds kAnswerTimeout{500};

}  // namespace

void Demo::listen(Milliseconds time) {
  const Time deadline = now() + time;
  do {
    restart_due();
    std::vector<pollfd> readable;
    for (const auto& node : nodes_) {
      if (node->events() >= 0) readable.push_back({node->events(), POLLIN, 0});
    }
    ::poll(readable.data(), readable.size(), 10);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (const auto& heard : nodes_[i]->take_events()) hear(i, heard);
    }
  } while (now() < deadline);
}

void Demo::hear(std::size_t node, const ChildNode::Heard& heard) {
  const std::string kind = heard.event.value("event", "");
  if (kind == "alarm") {
    story_.tell(fmt::format("{} raises an alarm: {}: {}", nodes_[node]->name(),
                            heard.event.value("subject", ""), heard.event.value("detail", "")));
  }
  if (kind != "members_down" || dying_.empty() || detected_) return;
  for (const Json& member : heard.event["members"]) {
    if (member.value("id", "") != dying_) continue;
    detected_ = heard.at;
    detected_by_ = nodes_[node]->name();
  }
}

std::optional<Demo::Owner> Demo::find_owner() const {
  std::optional<Owner> newest;
  for (const auto& asked : nodes_) {
    if (!asked->is_running()) continue;
    const auto answer = examples::ask_node(
        asked->admin_socket(), {{"request", "resolve"}, {"name", "ledger"}}, kAnswerTimeout);
    if (!answer) continue;
    for (const Json& record : (*answer)["records"]) {
      const Epoch epoch = record.value("epoch", Epoch{0});
      const std::string id = record.value("node", "");
      const auto endpoint = parse_endpoint(record.value("endpoint", ""));
      const auto at = std::find_if(nodes_.begin(), nodes_.end(),
                                   [&](const auto& node) { return node->id() == id; });
      if (!endpoint || at == nodes_.end() || (newest && newest->epoch >= epoch)) continue;
      newest = Owner{static_cast<std::size_t>(at - nodes_.begin()), *endpoint, epoch};
    }
  }
  return newest;
}

Result<Demo::Owner> Demo::await_owner(const Writers& writers) {
  for (const Time deadline = now() + Milliseconds{30'000}; now() < deadline;
       listen(Milliseconds{50})) {
    const auto owner = find_owner();
    if (owner && nodes_[owner->node]->is_running() && writers.served().epoch == owner->epoch) {
      return *owner;
    }
  }
  return tl::unexpected(broken("nobody has served the ledger for 30 s"));
}

std::size_t Demo::live_seen_by(const ChildNode& node) const {
  const auto answer =
      examples::ask_node(node.admin_socket(), {{"request", "members"}}, kAnswerTimeout);
  if (!answer) return 0;
  const Json& members = (*answer)["members"];
  return static_cast<std::size_t>(
      std::count_if(members.begin(), members.end(), [](const Json& member) {
        const std::string state = member.value("state", "");
        return state == "alive" || state == "suspect";
      }));
}

std::uint64_t Demo::counter_of(const ChildNode& node, const std::string& name) const {
  const auto answer =
      examples::ask_node(node.admin_socket(), {{"request", "counters"}}, kAnswerTimeout);
  return answer ? (*answer)["counters"].value(name, std::uint64_t{0}) : 0;
}

void Demo::audit() {
  const auto data_key = objects_->data_key(directory_ + "/key", kCluster);
  const auto audited = data_key ? audit_journal(*objects_, *data_key, {"ledger", 0})
                                : Result<JournalAudit>{tl::unexpected(data_key.error())};
  if (!audited) {
    story_.tell(fmt::format("the journal cannot be audited: {}", audited.error().detail));
    stale_slots_.insert("unreadable");
    return;
  }
  epoch_ = std::max(epoch_, audited->epoch);
  stale_slots_.insert(audited->stale_slots.begin(), audited->stale_slots.end());
}

std::vector<std::string> Demo::admin_sockets() const {
  std::vector<std::string> sockets;
  for (const auto& node : nodes_) sockets.push_back(node->admin_socket());
  return sockets;
}

Error Demo::broken(const std::string& what) const {
  return {ErrorCode::timed_out, fmt::format("{}; the nodes' logs are in {}", what, directory_)};
}

}  // namespace gossamer::demo
