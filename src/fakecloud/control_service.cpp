#include "fakecloud/control_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "fakecloud/control_fields.hpp"
#include "fakecloud/control_json.hpp"

namespace gossamer::fakecloud {
namespace {

using nlohmann::json;

Answer json_answer(int status, const json& body) {
  Answer answer;
  answer.status = status;
  answer.headers.push_back({"Content-Type", "application/json"});
  // Names of counters hold what clients sent, which may be no UTF-8.
  answer.text = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  return answer;
}

Answer refuse(int status, const std::string& why) {
  return json_answer(status, {{"error", why}});
}

json read_all(const Parts& parts, const std::string& name) {
  json body = name == "counters" ? json::object() : json::array();
  if (name == "counters") {
    for (const auto& [counter, value] : parts.counters.all()) body[counter] = value;
  } else if (name == "instances") {
    for (const Machine& machine : parts.instances.all()) body.push_back(to_json(machine.instance));
  } else {
    for (const auto& [number, fault] : parts.faults.all()) {
      json one = to_json(fault);
      one["number"] = number;
      body.push_back(std::move(one));
    }
  }
  return body;
}

json reset(Parts& parts) {
  parts.faults.clear();
  parts.counters.reset();
  parts.instances.clear();
  parts.uploads.clear();
  parts.buckets.clear();
  return json::object();
}

json add_instances(Parts& parts, const json& body) {
  json ids = json::array();
  const aws::WallTime now = aws::system_wall_time();
  for (FakeInstance& instance : instances_of(body)) {
    ids.push_back(parts.instances.add(std::move(instance), now));
  }
  return {{"ids", ids}};
}

json change_faults(Parts& parts, const json& body) {
  json numbers = json::array();
  if (body.is_object() && !body.contains("kind")) {
    const ControlFields fields{body, "a change of faults without a kind", {"clear", "remove"}};
    if (!fields.flag("clear") && !fields.has("remove")) {
      throw std::invalid_argument{
          "a fault has a 'kind'; else say \"clear\":true or \"remove\":NUMBER"};
    }
    const auto number = fields.number("remove", 0, std::numeric_limits<std::int64_t>::max(), 0);
    if (fields.flag("clear")) parts.faults.clear();
    if (fields.has("remove")) parts.faults.remove(static_cast<std::uint64_t>(number));
  } else {
    for (FakeFault& fault : faults_of(body)) numbers.push_back(parts.faults.add(std::move(fault)));
  }
  return {{"numbers", numbers}};
}

json known(bool is_known, const std::string& id) {
  if (!is_known) throw std::invalid_argument{fmt::format("no such instance: '{}'", id)};
  return json::object();
}

json change_state(Parts& parts, const json& body) {
  const ControlFields fields{body, "a change of state", {"id", "state"}};
  const std::string id = fields.text("id");
  return known(parts.instances.set_state(id, state_in(fields, {})), id);
}

json change_tags(Parts& parts, const json& body) {
  const ControlFields fields{body, "a change of tags", {"id", "tags"}};
  const std::string id = fields.text("id");
  const auto tags = fields.texts("tags");
  known(parts.instances.find(id).has_value(), id);
  if (tags.empty()) throw std::invalid_argument{"'tags' is missing, or empty"};
  for (const auto& [key, value] : tags) parts.instances.set_tag(id, key, value);
  return json::object();
}

json give_notice(Parts& parts, const json& body) {
  constexpr std::int64_t kSecondsMax = 30 * 24 * 3'600;
  const ControlFields fields{body, "a notice", {"id", "action", "in_seconds"}};
  const std::string id = fields.text("id");
  const std::string action =
      fields.one_of("action", {"terminate", "stop", "hibernate", "rebalance"}, {});
  const std::chrono::seconds in{fields.number("in_seconds", 0, kSecondsMax, 120)};
  const aws::WallTime now = aws::system_wall_time();
  return known(parts.instances.give_notice(id, {action, now + in, now}), id);
}

/// Throws json::exception or std::invalid_argument for what cannot be read; then nothing is
/// changed.
json change(Parts& parts, const std::string& name, const json& body) {
  if (name == "instances") return add_instances(parts, body);
  if (name == "faults") return change_faults(parts, body);
  if (name == "state") return change_state(parts, body);
  if (name == "tags") return change_tags(parts, body);
  if (name == "notice") return give_notice(parts, body);
  static_cast<void>(ControlFields{body, "what is posted here", {}});
  if (name == "reset") return reset(parts);
  parts.keys.expire_all(aws::system_wall_time());
  return json::object();
}

bool is_one_of(const std::string& name, std::initializer_list<const char*> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Answer serve_control(Parts& parts, const Request& request, const Operation& operation) {
  const std::string& name = operation.name;
  if (request.method == "GET") {
    if (!is_one_of(name, {"counters", "instances", "faults"})) {
      return refuse(404, "GET counters, instances or faults");
    }
    return json_answer(200, read_all(parts, name));
  }
  if (request.method != "POST" ||
      !is_one_of(name, {"instances", "state", "tags", "faults", "notice", "expire", "reset"})) {
    return refuse(404, "POST instances, state, tags, faults, notice, expire or reset");
  }
  try {
    const std::string_view text = as_text(request.content());
    return json_answer(200, change(parts, name, text.empty() ? json::object() : json::parse(text)));
  } catch (const json::exception& error) {
    return refuse(400, error.what());
  } catch (const std::invalid_argument& error) {
    return refuse(400, error.what());
  }
}

}  // namespace gossamer::fakecloud
