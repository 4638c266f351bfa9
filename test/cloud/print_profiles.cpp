// Prints what we read in files of profiles, one JSON object a line, for the check against botocore.
// Each line of the input is `config FILE` or `credentials FILE`. The files are made up by the
// check: what is printed is no secret.

#include <cstdio>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "aws/profile_file.hpp"
#include "aws/secret_file.hpp"

namespace gossamer::aws {
namespace {

using Json = nlohmann::json;

Json read(const std::string& line) {
  const std::size_t blank = line.find(' ');
  const std::string path = line.substr(blank + 1);
  const bool is_config = line.substr(0, blank) == "config";
  const auto text = read_secret_file(path, kProfileFileBytesMax);
  if (!text || !*text) return Json{{"error", "cannot read it"}};
  const auto file = parse_profile_file(
      (*text)->reveal(), is_config ? ProfileFileKind::config : ProfileFileKind::credentials, path);
  if (!file) return Json{{"error", file.error().detail}};
  Json profiles = Json::object();
  for (const auto& [name, unused] : file->profiles) {
    Json& profile = profiles[name] = Json::object();
    const auto settings = file->find(name);
    for (const auto& [key, setting] : *settings) profile[key] = setting.value.reveal();
  }
  return Json{{"profiles", std::move(profiles)}};
}

}  // namespace
}  // namespace gossamer::aws

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::puts(gossamer::aws::read(line)
                  .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)
                  .c_str());
  }
  return 0;
}
