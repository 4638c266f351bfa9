#include "event_text.hpp"

#include <fmt/chrono.h>

#include <chrono>

namespace gossamer::cli {
namespace {

using Json = EventText::Json;
using Text = std::string;

constexpr std::size_t kNamesMax = 20'000;
constexpr std::size_t kListedMax = 5;

Text text(const Json& json, const char* key) {
  return json.at(key).get<Text>();
}

Text unit_of(const Json& event) {
  return fmt::format("{}/{}", text(event, "service"), event.at("ordinal").get<std::uint64_t>());
}

std::uint64_t epoch_of(const Json& event) {
  return event.at("epoch").get<std::uint64_t>();
}

Text member_text(const Json& member) {
  return fmt::format("{} ({} at {})", text(member, "name"), text(member, "id").substr(0, 8),
                     text(member, "endpoint"));
}

/// "a is", or "a, b and 7 more are".
Text subject_of(const Json& members) {
  Text all;
  std::size_t count = 0;
  for (const Json& member : members) {
    if (++count <= kListedMax) all += (count > 1 ? ", " : "") + member_text(member);
  }
  if (count > kListedMax) all += fmt::format(" and {} more", count - kListedMax);
  return all + (count == 1 ? " is" : " are");
}

Text members_down(const Json& members) {
  const bool is_one = members.size() == 1;
  return fmt::format("{} down: {} not answered in time, and others take over what {} ran",
                     subject_of(members), is_one ? "it has" : "they have", is_one ? "it" : "they");
}

Text spec_changed(const Json& event) {
  if (!event.at("deployed").get<bool>()) {
    return fmt::format("{} was undeployed: it is stopped everywhere, and its state stays",
                       text(event, "service"));
  }
  return fmt::format("{} was deployed, version {}: nodes that have its factory run it",
                     text(event, "service"), event.at("version").get<std::uint64_t>());
}

Text freeze_ended(const Json& event) {
  if (!event.at("ok").get<bool>()) {
    return fmt::format("{} could not be frozen in epoch {}: {}", unit_of(event), epoch_of(event),
                       text(event, "detail"));
  }
  return fmt::format("{} is frozen up to write {} of epoch {}: who takes it next starts from there",
                     unit_of(event), event.at("sequence").get<std::uint64_t>(), epoch_of(event));
}

Text termination_notice(const Json& event) {
  const Text kind = text(event, "kind");
  if (kind == "rebalance") {
    return "this machine may soon be taken away (rebalance recommendation); the node goes on";
  }
  const auto at_s = event.at("at_unix_s").get<std::int64_t>();
  const std::chrono::system_clock::time_point at{std::chrono::seconds{at_s}};
  const Text when = at_s == 0 ? Text{}
                              : fmt::format(" at {:%H:%M:%S} UTC",
                                            fmt::gmtime(std::chrono::system_clock::to_time_t(at)));
  return fmt::format(
      "this machine will be taken away{} ({}): the node freezes what it owns, and leaves", when,
      kind);
}

Text discovery_difference(const Json& event) {
  const Text kind = text(event, "kind");
  const Text source = text(event, "source");
  const Text machine = text(event, "machine");
  const Text place = machine.empty() ? text(event, "endpoint")
                                     : fmt::format("{} at {}", machine, text(event, "endpoint"));
  if (kind == "not_joined") {
    return fmt::format(
        "{} runs, as {} says, and is no live member: see its node's log, its security groups, its "
        "key and its cluster's name",
        place, source);
  }
  if (kind == "gone_but_alive") {
    return fmt::format("{} is gone for good, as {} says: the live member there is looked at now",
                       place, source);
  }
  return fmt::format("{} is a live member that {} does not list: see its tags, and --advertise",
                     place, source);
}

Text keys_text(const Json& keys) {
  Text all;
  for (const Json& key : keys) {
    all += all.empty() ? "sealed with " : (&key == &keys.at(1) ? "; opened too: " : ", ");
    all += key.get<Text>();
  }
  return all;
}

Text fields_of(const Json& event) {
  Text all;
  for (const auto& [key, value] : event.items()) {
    if (key == "event") continue;
    all +=
        fmt::format("{}{}={}", all.empty() ? "" : " ", key,
                    value.is_string() ? value.get<Text>()
                                      : value.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return all;
}

Text member_suspected(const Json& event) {
  return member_text(event.at("member")) +
         " did not answer: it counts as here until its time to answer is over";
}

Text self_refuted(const Json& event) {
  return fmt::format(
      "others took this node for silent or down, and it told them that it lives (incarnation {})",
      event.at("incarnation").get<std::uint64_t>());
}

Text unit_fenced(const Json& event) {
  return fmt::format("this node has lost {} of epoch {} to a newer claim: {}", unit_of(event),
                     epoch_of(event), text(event, "detail"));
}

/// Empty for those that name nodes by their ids, and for those of later versions.
Text plain_sentence(const Text& kind, const Json& event) {
  if (kind == "members_up") return subject_of(event.at("members")) + " up, and may take services";
  if (kind == "member_suspected") return member_suspected(event);
  if (kind == "members_down") return members_down(event.at("members"));
  if (kind == "member_left") {
    return member_text(event.at("member")) + " has left: it said goodbye, and what it ran moves";
  }
  if (kind == "self_refuted") return self_refuted(event);
  if (kind == "spec_changed") return spec_changed(event);
  if (kind == "unit_fenced") return unit_fenced(event);
  if (kind == "freeze_ended") return freeze_ended(event);
  if (kind == "termination_notice") return termination_notice(event);
  if (kind == "discovery_difference") return discovery_difference(event);
  if (kind != "alarm") return {};
  return fmt::format("somebody must see to this: {}: {}", text(event, "subject"),
                     text(event, "detail"));
}

}  // namespace

void EventText::learn(const Json& members) {
  for (const Json& member : members) {
    if (names_.size() >= kNamesMax) return;
    names_[text(member, "id")] = text(member, "name");
  }
}

std::string EventText::name_of(const std::string& id) const {
  const auto at = names_.find(id);
  return at == names_.end() ? id.substr(0, 8) : fmt::format("{} ({})", at->second, id.substr(0, 8));
}

std::string EventText::sentence_of(const Json& event) {
  const std::string kind = text(event, "event");
  if (event.contains("members")) learn(event.at("members"));
  if (kind == "ownership_changed") {
    const std::string owner = text(event, "owner");
    if (owner.empty()) return unit_of(event) + " is run by nobody now: a node may take it";
    return fmt::format("{} is owned by {} in epoch {}", unit_of(event), name_of(owner),
                       epoch_of(event));
  }
  if (kind == "owner_unreachable") {
    return fmt::format(
        "{} stays with {}, which does not answer this node and still writes: see to the network "
        "between the two",
        unit_of(event), name_of(text(event, "owner")));
  }
  if (kind == "foreign_object_store") {
    return fmt::format(
        "node {} has another object store ({}) than this one ({}), so they are no cluster: give "
        "both the same --object-store",
        name_of(text(event, "node")), text(event, "there"), text(event, "here"));
  }
  if (kind == "keys_changed") {
    return fmt::format("the cluster's keys were changed by {}: {}", name_of(text(event, "by")),
                       keys_text(event.at("keys")));
  }
  const std::string plain = plain_sentence(kind, event);
  return plain.empty() ? fields_of(event) : plain;
}

}  // namespace gossamer::cli
