// What discovery finds, by a running node or by itself.

#include <fmt/format.h>

#include <map>
#include <set>

#include "admin_client.hpp"
#include "commands.hpp"
#include "gossamer/find_seeds.hpp"
#include "gossamer/json.hpp"

namespace gossamer::cli {
namespace {

using examples::ask_node;
using examples::Json;

constexpr std::chrono::milliseconds kTimeout{15'000};

std::string text(const Json& json, const char* key) {
  return json.value(key, std::string{});
}

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Where a line came from, if that is a question.
std::string from(const std::string& source, bool is_one_of_many) {
  return is_one_of_many ? "  from " + source : "";
}

void print_machine(const Json& machine, const std::string& origin) {
  const std::string left_out = text(machine, "left_out");
  print_text(fmt::format("{:<21}  {:<20}  {:<12}  {:<9}{}{}", text(machine, "endpoint"),
                         text(machine, "machine"), text(machine, "zone"), text(machine, "state"),
                         left_out.empty() ? "" : "  left out: " + left_out, origin));
}

/// Not a failure, but nobody should have to guess what an empty answer means.
void tell_nothing_found(const std::string& source, std::size_t machines) {
  complain(
      0, fmt::format("nothing found by {}: it lists {} machines, 0 of them fit", source, machines));
}

/// Seeds first, with what is known of their machines; then what is left out, and what was wrong.
void print_node_answer(const std::string& node, const Json& answer) {
  const Json machines = answer.value("machines", Json::array());
  std::set<std::string> sources;
  std::map<std::string, Json> machine_at;
  for (const Json& machine : machines) {
    sources.insert(text(machine, "source"));
    if (text(machine, "left_out").empty()) machine_at.emplace(text(machine, "endpoint"), machine);
  }
  const auto print_one = [&](const Json& machine) {
    print_machine(machine, from(text(machine, "source"), sources.size() > 1));
  };
  for (const Json& seed : answer.at("seeds")) {
    const auto at = machine_at.find(seed.get<std::string>());
    if (at != machine_at.end()) {
      print_one(at->second);
    } else {
      print_text(seed.get<std::string>());
    }
  }
  for (const Json& machine : machines) {
    if (!text(machine, "left_out").empty()) print_one(machine);
  }
  for (const Json& problem : answer.value("problems", Json::array())) {
    complain(0, fmt::format("{}: {}", text(problem, "source"), text(problem, "error")));
  }
  if (answer.at("seeds").empty()) tell_nothing_found("the node at " + node, machines.size());
}

int ask_running_node(const ReaderArguments& reader) {
  const auto answer = ask_node(reader.place(), {{"request", "seeds"}}, kTimeout);
  if (!answer) return complain(kFailed, answer.error().detail);
  if (reader.is_json) {
    print_line(line_of(*answer));
    return 0;
  }
  try {
    print_node_answer(reader.socket(), *answer);
  } catch (const Json::exception&) {
    return complain(kFailed,
                    fmt::format("what answers at {} is no node of this version", reader.socket()));
  }
  return 0;
}

Json json_of(const SeedAnswer& answer) {
  Json source{{"source", answer.source}};
  if (!answer.seeds) {
    source["error"] = answer.seeds.error().detail;
    return source;
  }
  source["seeds"] = Json::array();
  for (const Endpoint& seed : *answer.seeds) source["seeds"].push_back(to_string(seed));
  source["machines"] = Json::array();
  for (const Sighting& sighting : answer.sightings) {
    source["machines"].push_back(Json::parse(to_json(sighting)));
  }
  if (answer.problem) source["problem"] = answer.problem->detail;
  return source;
}

void print(const SeedAnswer& answer, bool is_one_of_many) {
  const std::string origin = from(answer.source, is_one_of_many);
  if (answer.sightings.empty()) {
    for (const Endpoint& seed : *answer.seeds) print_text(to_string(seed) + origin);
  }
  for (const Sighting& sighting : answer.sightings) {
    print_machine(Json::parse(to_json(sighting)), origin);
  }
  if (answer.seeds->empty()) tell_nothing_found(answer.source, answer.sightings.size());
}

}  // namespace

int show_seeds(const ReaderArguments& reader, const std::vector<std::string>& discovery_urls) {
  if (discovery_urls.empty()) return ask_running_node(reader);
  const auto answers = find_seeds(discovery_urls, kTimeout);
  if (!answers) return complain(answers.error());
  Json all{{"ok", true}, {"sources", Json::array()}};
  int status = 0;
  for (const SeedAnswer& answer : *answers) {
    all["sources"].push_back(json_of(answer));
    if (!answer.seeds) {
      all["ok"] = false;
      status = complain(kFailed, answer.seeds.error().detail);
      continue;
    }
    if (!reader.is_json) print(answer, answers->size() > 1);
    if (answer.problem) complain(kFailed, answer.problem->detail);
  }
  if (reader.is_json) print_line(line_of(all));
  return status;
}

}  // namespace gossamer::cli
