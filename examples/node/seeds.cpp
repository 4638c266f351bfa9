// What discovery finds, by a running node or by itself.

#include <fmt/format.h>

#include "admin_client.hpp"
#include "commands.hpp"
#include "gossamer/find_seeds.hpp"
#include "gossamer/json.hpp"

namespace gossamer::cli {
namespace {

using examples::ask_node;
using examples::Json;

constexpr std::chrono::milliseconds kTimeout{15'000};

std::string text(const Json& json, const char* key) { return json.value(key, std::string{}); }

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void print_machine(const Json& machine) {
  const std::string left_out = text(machine, "left_out");
  print_text(fmt::format("{:<21}  {:<20}  {:<12}  {:<9}{}", text(machine, "endpoint"),
                         text(machine, "machine"), text(machine, "zone"), text(machine, "state"),
                         left_out.empty() ? "" : "  left out: " + left_out));
}

int ask_running_node(const ReaderArguments& reader) {
  const auto answer = ask_node(reader.socket(), {{"request", "seeds"}}, kTimeout);
  if (!answer) return complain(kFailed, answer.error().detail);
  if (reader.is_json) {
    print_line(line_of(*answer));
    return 0;
  }
  try {
    for (const Json& seed : answer->at("seeds")) print_text(seed.get<std::string>());
    // What is left out comes after what is found.
    for (const Json& machine : answer->value("machines", Json::array())) {
      if (!text(machine, "left_out").empty()) print_machine(machine);
    }
  } catch (const Json::exception&) {
    return complain(kFailed, fmt::format("what answers at {} is no node of this version",
                                         reader.socket()));
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

void print(const SeedAnswer& answer) {
  if (answer.sightings.empty()) {
    for (const Endpoint& seed : *answer.seeds) print_line(to_string(seed));
  }
  for (const Sighting& sighting : answer.sightings) print_machine(Json::parse(to_json(sighting)));
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
    if (!reader.is_json) print(answer);
    if (answer.problem) complain(kFailed, answer.problem->detail);
  }
  if (reader.is_json) print_line(line_of(all));
  return status;
}

}  // namespace gossamer::cli
