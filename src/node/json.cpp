// What a node tells, as JSON.

#include "node/json.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

namespace gossamer::node {
namespace {

/// Empty where nobody is meant.
std::string id_text(const NodeId& id) {
  return id.is_zero() ? std::string{} : to_string(id);
}

Json json_of(const std::vector<Member>& members) {
  Json list = Json::array();
  for (const Member& member : members) list.push_back(node::json_of(member));
  return list;
}

Json tell(const MembersUp& event) {
  return {{"event", "members_up"}, {"members", json_of(event.members)}};
}
Json tell(const MemberSuspected& event) {
  return {{"event", "member_suspected"}, {"member", node::json_of(event.member)}};
}
Json tell(const MembersDown& event) {
  return {{"event", "members_down"}, {"members", json_of(event.members)}};
}
Json tell(const MemberLeft& event) {
  return {{"event", "member_left"}, {"member", node::json_of(event.member)}};
}
Json tell(const SelfRefuted& event) {
  return {{"event", "self_refuted"}, {"incarnation", event.incarnation}};
}
Json tell(const ForeignObjectStore& event) {
  return {{"event", "foreign_object_store"},
          {"node", id_text(event.node)},
          {"here", event.here},
          {"there", event.there}};
}
Json tell(const SpecChanged& event) {
  return {{"event", "spec_changed"},
          {"service", event.service},
          {"version", event.version},
          {"deployed", event.deployed}};
}
Json tell(const OwnershipChanged& event) {
  return {{"event", "ownership_changed"},
          {"service", event.unit.service},
          {"ordinal", event.unit.ordinal},
          {"owner", id_text(event.owner)},
          {"epoch", event.epoch}};
}
Json tell(const OwnerUnreachable& event) {
  return {{"event", "owner_unreachable"},
          {"service", event.unit.service},
          {"ordinal", event.unit.ordinal},
          {"owner", id_text(event.owner)}};
}
Json tell(const UnitFenced& event) {
  return {{"event", "unit_fenced"},
          {"service", event.unit.service},
          {"ordinal", event.unit.ordinal},
          {"epoch", event.epoch},
          {"detail", event.detail}};
}
Json tell(const FreezeEnded& event) {
  return {{"event", "freeze_ended"},       {"service", event.unit.service},
          {"ordinal", event.unit.ordinal}, {"epoch", event.epoch},
          {"sequence", event.sequence},    {"ok", event.detail.empty()},
          {"detail", event.detail}};
}
const char* word_of(TerminationNotice::Kind kind) {
  switch (kind) {
    case TerminationNotice::Kind::spot_terminate: return "spot_terminate";
    case TerminationNotice::Kind::spot_stop: return "spot_stop";
    case TerminationNotice::Kind::spot_hibernate: return "spot_hibernate";
    case TerminationNotice::Kind::rebalance: return "rebalance";
  }
  return "unknown";
}
Json tell(const TerminationNotice& event) {
  return {{"event", "termination_notice"},
          {"kind", word_of(event.kind)},
          {"at_unix_s", event.at_unix_s}};
}
const char* word_of(DiscoveryDifference::Kind kind) {
  switch (kind) {
    case DiscoveryDifference::Kind::not_joined: return "not_joined";
    case DiscoveryDifference::Kind::gone_but_alive: return "gone_but_alive";
    case DiscoveryDifference::Kind::unknown_member: return "unknown_member";
  }
  return "unknown";
}
Json tell(const DiscoveryDifference& event) {
  return {{"event", "discovery_difference"},
          {"kind", word_of(event.kind)},
          {"source", event.source},
          {"machine", event.machine},
          {"endpoint", to_string(event.endpoint)}};
}
const char* word_of(Sighting::State state) {
  switch (state) {
    case Sighting::State::starting: return "starting";
    case Sighting::State::running: return "running";
    case Sighting::State::stopping: return "stopping";
    case Sighting::State::gone: return "gone";
  }
  return "unknown";
}
Json tell(const KeysChanged& event) {
  Json ids = Json::array();
  for (const std::uint32_t id : event.key_ids) ids.push_back(fmt::format("{:08x}", id));
  return {{"event", "keys_changed"}, {"by", to_string(event.by)}, {"keys", std::move(ids)}};
}
Json tell(const Alarm& event) {
  return {{"event", "alarm"}, {"subject", event.subject}, {"detail", event.detail}};
}

/// Takes fields out of an object one by one, and remembers the first that is wrong.
class FieldReader {
 public:
  explicit FieldReader(const Json& json) : rest_(json) {}

  void text(const char* name, std::string& into) {
    take(name, [&](const Json& value) {
      if (!value.is_string()) return refuse(name, "must be a string");
      into = value.get<std::string>();
    });
  }
  void number(const char* name, std::uint64_t most, const std::function<void(std::uint64_t)>& set) {
    take(name, [&](const Json& value) {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) {
        return refuse(name, fmt::format("must be a whole number from 0 to {}", most));
      }
      set(value.get<std::uint64_t>());
    });
  }
  Result<void> end() {
    if (problem_.empty() && !rest_.empty()) {
      problem_ = fmt::format("there is no field '{}' in a spec", rest_.begin().key());
    }
    if (problem_.empty()) return {};
    return fail(ErrorCode::invalid_argument, problem_);
  }

 private:
  void take(const char* name, const std::function<void(const Json&)>& use) {
    const auto at = rest_.find(name);
    if (at == rest_.end()) return;
    use(*at);
    rest_.erase(at);
  }
  void refuse(const char* name, const std::string& why) {
    if (problem_.empty()) problem_ = fmt::format("{} {}", name, why);
  }

  Json rest_;
  std::string problem_;
};

}  // namespace

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const Event& event) {
  return std::visit([](const auto& known) { return tell(known); }, event);
}

Json json_of(const Member& member) {
  return {{"id", to_string(member.id)},
          {"name", member.name},
          {"endpoint", to_string(member.endpoint)},
          {"incarnation", member.incarnation},
          {"state", to_string(member.state)},
          {"metadata", member.metadata},
          {"wire_version", member.wire_version},
          {"zone", member.zone}};
}

Json json_of(const NameRecord& record) {
  Json attributes = Json::object();
  for (const auto& [key, value] : record.attributes) attributes[key] = value;
  return {{"name", record.name},
          {"ordinal", record.ordinal},
          {"node", id_text(record.node)},
          {"endpoint", to_string(record.endpoint)},
          {"epoch", record.epoch},
          {"schema", record.schema},
          {"attributes", std::move(attributes)},
          {"stale", record.is_stale}};
}

Json json_of(const ServiceSpec& spec) {
  return {{"name", spec.name},
          {"factory", spec.factory},
          {"arguments", spec.arguments},
          {"instances", spec.instances},
          {"takeover_delay_ms", spec.takeover_delay.count()},
          {"start_timeout_ms", spec.start_timeout.count()},
          {"ship_interval_ms", spec.ship_interval.count()},
          {"freeze_after_entries", spec.freeze_after_entries}};
}

Json json_of(const ServiceStatus& service) {
  Json units = Json::array();
  for (const UnitStatus& unit : service.units) {
    units.push_back({{"ordinal", unit.unit.ordinal},
                     {"owner", id_text(unit.owner)},
                     {"epoch", unit.epoch},
                     {"endpoint", unit.endpoint ? to_string(*unit.endpoint) : std::string{}}});
  }
  return {
      {"spec", json_of(service.spec)}, {"version", service.version}, {"units", std::move(units)}};
}

Json json_of(const Error& error) {
  return {{"code", to_string(error.code)}, {"detail", error.detail}};
}

Json json_of(const Sighting& sighting) {
  return {{"machine", sighting.machine},
          {"endpoint", sighting.endpoint ? to_string(*sighting.endpoint) : std::string{}},
          {"zone", sighting.zone},
          {"state", word_of(sighting.state)},
          {"left_out", sighting.left_out}};
}

Result<ServiceSpec> spec_of(const Json& json) {
  if (!json.is_object()) return fail(ErrorCode::invalid_argument, "spec must be an object");
  ServiceSpec spec;
  FieldReader fields{json};
  const auto duration = [&](const char* name, std::chrono::milliseconds& into) {
    fields.number(name, 3'600'000, [&](std::uint64_t value) {
      into = std::chrono::milliseconds{static_cast<std::int64_t>(value)};
    });
  };
  const auto count = [&](const char* name, std::uint32_t& into) {
    fields.number(name, std::numeric_limits<std::uint32_t>::max(),
                  [&](std::uint64_t value) { into = static_cast<std::uint32_t>(value); });
  };
  fields.text("name", spec.name);
  fields.text("factory", spec.factory);
  fields.text("arguments", spec.arguments);
  count("instances", spec.instances);
  duration("takeover_delay_ms", spec.takeover_delay);
  duration("start_timeout_ms", spec.start_timeout);
  duration("ship_interval_ms", spec.ship_interval);
  count("freeze_after_entries", spec.freeze_after_entries);
  if (auto ended = fields.end(); !ended) return tl::unexpected(ended.error());
  if (auto valid = spec.validate(); !valid) return tl::unexpected(valid.error());
  return spec;
}

}  // namespace gossamer::node

namespace gossamer {

std::string to_json(const Event& event) {
  return node::to_line(node::json_of(event));
}
std::string to_json(const Member& member) {
  return node::to_line(node::json_of(member));
}
std::string to_json(const NameRecord& record) {
  return node::to_line(node::json_of(record));
}
std::string to_json(const Sighting& sighting) {
  return node::to_line(node::json_of(sighting));
}
std::string to_json(const ServiceStatus& service) {
  return node::to_line(node::json_of(service));
}

}  // namespace gossamer
