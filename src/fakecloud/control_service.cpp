#include "fakecloud/control_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

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
  if (body.is_object() && body.value("clear", false)) parts.faults.clear();
  if (body.is_object() && body.contains("remove")) {
    parts.faults.remove(body.at("remove").get<std::uint64_t>());
  }
  for (FakeFault& fault : faults_of(body)) numbers.push_back(parts.faults.add(std::move(fault)));
  return {{"numbers", numbers}};
}

/// Throws json::exception or std::invalid_argument for what cannot be read.
json change(Parts& parts, const std::string& name, const json& body) {
  const auto known = [&](bool is_known) {
    if (!is_known) throw std::invalid_argument{"no such instance: " + body.at("id").dump()};
    return json::object();
  };
  if (name == "instances") return add_instances(parts, body);
  if (name == "faults") return change_faults(parts, body);
  if (name == "state") return known(parts.instances.set_state(body.at("id"), body.at("state")));
  if (name == "tags") {
    json done = json::object();
    for (const auto& [key, value] : body.at("tags").items()) {
      done = known(parts.instances.set_tag(body.at("id"), key, value));
    }
    return done;
  }
  if (name == "notice") {
    const aws::WallTime now = aws::system_wall_time();
    const std::chrono::seconds in{body.value("in_seconds", std::int64_t{120})};
    return known(parts.instances.give_notice(body.at("id"), {body.at("action"), now + in, now}));
  }
  if (name == "expire") {
    parts.keys.expire_all(aws::system_wall_time());
    return json::object();
  }
  return reset(parts);
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
