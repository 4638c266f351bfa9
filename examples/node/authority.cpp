// `gossamer authority` and `gossamer identity`: who admits nodes, and whom.

#include <fmt/chrono.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "gossamer/admission.hpp"

namespace gossamer::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kDaySeconds = 24 * 3600;

/// On standard output is what the next command takes, and nothing else.
int answer(const std::string& text, const Json& json, bool is_json) {
  print_line(is_json ? json.dump(-1, ' ', false, Json::error_handler_t::replace) : text);
  return 0;
}

std::int64_t unix_now_s() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch())
      .count();
}

std::string end_of(std::int64_t not_after) {
  if (not_after == 0) return "admitted without an end";
  const std::chrono::system_clock::time_point end{std::chrono::seconds{not_after}};
  return fmt::format("admitted until {:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(end)));
}

}  // namespace

int make_authority(const std::string& path, bool is_json) {
  const auto key = write_new_authority_file(path);
  if (!key) return complain(kFailed, key.error().detail);
  return answer(*key, {{"ok", true}, {"file", path}, {"public_key", *key}}, is_json);
}

int show_authority(const std::string& path, bool is_json) {
  const auto key = read_authority_public_key(path);
  if (!key) return complain(kFailed, key.error().detail);
  return answer(*key, {{"ok", true}, {"file", path}, {"public_key", *key}}, is_json);
}

int admit(const AdmitArguments& arguments, bool is_json) {
  const std::int64_t not_after =
      arguments.days == 0 ? 0 : unix_now_s() + arguments.days * kDaySeconds;
  auto admission =
      admit_node(arguments.authority_path, arguments.node, arguments.cluster, not_after);
  if (!admission) return complain(admission.error());
  // Standard output is for the file.
  std::fprintf(stderr, "%s\n", end_of(not_after).c_str());
  const Json json{{"ok", true}, {"admission", *admission}, {"not_after", not_after}};
  while (!admission->empty() && admission->back() == '\n') admission->pop_back();
  return answer(*admission, json, is_json);
}

int show_identity(const std::string& data_directory, bool is_json) {
  std::error_code unreadable;
  const bool is_there = std::filesystem::exists(data_directory, unreadable);
  const auto identity = find_node_identity(data_directory);
  if (!identity) return complain(kFailed, identity.error().detail);
  if (!is_there) {
    complain(0, fmt::format("made {}, a new data directory with a new key; if the node has one "
                            "elsewhere, remove this and name that",
                            data_directory));
  }
  return answer(
      identity->public_key,
      {{"ok", true}, {"id", to_string(identity->id)}, {"public_key", identity->public_key}},
      is_json);
}

}  // namespace gossamer::cli
