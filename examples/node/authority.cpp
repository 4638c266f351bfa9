// `gossamer authority` and `gossamer identity`: who admits nodes, and whom.

#include <chrono>
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
  const Json json{{"ok", true}, {"admission", *admission}, {"not_after", not_after}};
  while (!admission->empty() && admission->back() == '\n') admission->pop_back();
  return answer(*admission, json, is_json);
}

int show_identity(const std::string& data_directory, bool is_json) {
  const auto identity = find_node_identity(data_directory);
  if (!identity) return complain(kFailed, identity.error().detail);
  return answer(
      identity->public_key,
      {{"ok", true}, {"id", to_string(identity->id)}, {"public_key", identity->public_key}},
      is_json);
}

}  // namespace gossamer::cli
