// `gossamer keys`: the cluster's secret, made, and changed while the cluster runs.

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "admin_client.hpp"
#include "commands.hpp"
#include "gossamer/cluster_key.hpp"

namespace gossamer::cli {
namespace {

using examples::AdminClient;
using examples::ask_node;
using examples::Json;

constexpr std::chrono::milliseconds kLookGap{200};

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string hex_of(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

std::string names_of(const Json& names) {
  std::string all;
  for (const Json& name : names) all += (all.empty() ? "" : ", ") + name.get<std::string>();
  return all;
}

void print_keys(const Json& answer) {
  const auto live = answer.at("live_members").get<std::uint64_t>();
  print_line(fmt::format("{:<8}  {:<7}  {:<9}  {:<9}  {}", "KEY", "PRIMARY", "HELD BY", "USED BY",
                         "LACKING"));
  for (const Json& key : answer.at("keys")) {
    print_text(fmt::format("{:<8}  {:<7}  {:<9}  {:<9}  {}", key.at("id").get<std::string>(),
                           key.at("primary").get<bool>() ? "yes" : "",
                           fmt::format("{}/{}", key.at("held_by").get<std::uint64_t>(), live),
                           fmt::format("{}/{}", key.at("used_by").get<std::uint64_t>(), live),
                           names_of(key.at("lacking"))));
  }
}

/// The key's line of an answer; null if the ring does not have it.
const Json* find_key(const Json& answer, const std::string& id) {
  for (const Json& key : answer.at("keys")) {
    if (key.at("id") == id) return &key;
  }
  return nullptr;
}

/// Looks until every live member has done what `count` counts, and says who has.
int await_all(const ReaderArguments& reader, const std::string& id, const char* count,
              std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  for (;;) {
    const auto answer = ask_node(reader.place(), {{"request", "keys"}});
    if (!answer) return complain(kFailed, answer.error().detail);
    const Json* key = find_key(*answer, id);
    if (key == nullptr) {
      return complain(kFailed,
                      fmt::format("key {} is gone: somebody changed the keys as well", id));
    }
    const bool is_done = key->at(count) == answer->at("live_members");
    const bool is_late = std::chrono::steady_clock::now() >= deadline;
    if (is_done || is_late) {
      if (reader.is_json) print_line(line_of(*answer));
      if (!reader.is_json) print_keys(*answer);
    }
    if (is_done) return 0;
    if (is_late) {
      return complain(kFailed, fmt::format("after {} s not every live member had followed; "
                                           "`gossamer keys list` tells who has",
                                           wait.count() / 1000));
    }
    std::this_thread::sleep_for(kLookGap);
  }
}

int change(const ReaderArguments& reader, const Json& request, const char* count,
           std::chrono::milliseconds wait) {
  const auto answer = ask_node(reader.place(), request);
  if (!answer) return complain(kFailed, answer.error().detail);
  try {
    return await_all(reader, answer->at("id").get<std::string>(), count, wait);
  } catch (const Json::exception&) {
    return complain(kFailed,
                    fmt::format("what answers at {} is no node of this version", reader.socket()));
  }
}

/// Asks again while the node says that it is too early, and tells whom it waits for.
Result<Json> ask_until_it_can(const ReaderArguments& reader, const Json& request,
                              std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  std::string told;
  for (;;) {
    auto client = AdminClient::connect(reader.place());
    if (!client) return tl::unexpected(client.error());
    auto answer = client->ask(request);
    if (answer || answer.error().code != ErrorCode::unavailable) return answer;
    const std::string& why = answer.error().detail;
    if (std::chrono::steady_clock::now() >= deadline) {
      if (wait.count() == 0) return answer;
      return fail(ErrorCode::unavailable,
                  fmt::format("still so after {} s: {}", wait.count() / 1000, why));
    }
    if (why != told) complain(0, fmt::format("waiting: {}", why));
    told = why;
    std::this_thread::sleep_for(kLookGap);
  }
}

}  // namespace

int make_key(const std::string& path, bool is_json) {
  const auto made = write_new_key_file(path);
  if (!made) return complain(kFailed, made.error().detail);
  if (is_json) {
    print_line(line_of({{"ok", true}, {"file", path}}));
  } else {
    print_line(
        fmt::format("made {}: copy it to every node of the cluster, and to nobody else", path));
  }
  return 0;
}

int list_keys(const ReaderArguments& reader) {
  const auto answer = ask_node(reader.place(), {{"request", "keys"}});
  if (!answer) return complain(kFailed, answer.error().detail);
  try {
    if (reader.is_json) print_line(line_of(*answer));
    if (!reader.is_json) print_keys(*answer);
  } catch (const Json::exception&) {
    return complain(kFailed,
                    fmt::format("what answers at {} is no node of this version", reader.socket()));
  }
  return 0;
}

int add_key(const ReaderArguments& reader, const std::string& path,
            std::chrono::milliseconds wait) {
  const auto key = read_key_file(path);
  if (!key) return complain(kFailed, key.error().detail);
  return change(reader, {{"request", "keys_add"}, {"key", hex_of(*key)}}, "held_by", wait);
}

int use_key(const ReaderArguments& reader, const std::string& id, std::chrono::milliseconds wait) {
  return change(reader, {{"request", "keys_use"}, {"id", id}}, "used_by", wait);
}

int remove_key(const ReaderArguments& reader, const std::string& id,
               std::chrono::milliseconds wait) {
  const auto answer = ask_until_it_can(reader, {{"request", "keys_remove"}, {"id", id}}, wait);
  if (!answer && answer.error().code != ErrorCode::not_found) {
    return complain(kFailed, answer.error().detail);
  }
  // Removed earlier, or never there: the same to who wants it gone, but not to who mistyped it.
  if (!answer) complain(0, fmt::format("{}: nothing to remove", answer.error().detail));
  return list_keys(reader);
}

}  // namespace gossamer::cli
