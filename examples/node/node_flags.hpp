#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "commands.hpp"

namespace gossamer::cli {

/// What `gossamer node` was told, as text.
struct NodeFlags {
  std::string name{}, cluster = "gossamer", bind = "127.0.0.1:0", advertise{}, data{}, key_file{};
  std::string object_store{}, admin{}, profile = "default", metadata{}, zone{};
  std::string admin_listen{}, admin_token_file{}, admin_token{};
  std::vector<std::string> discover{}, allowed_peers{};
  std::vector<std::uint32_t> known_schemas{};
  std::vector<std::string> authorities{}, allowed_nodes{};
  std::string admission{};
  std::int64_t join_timeout_ms = 5'000;
  std::int64_t replay_window_ms = MembershipOptions{}.replay_window.count();
  std::string key_hex{};
  int insecure_count = 0;
  bool watches_termination = false;
  bool hides_objects = false;
  bool is_json = false;
};
/// Names the options of `node`, which fill `flags`, and checks what must be said together.
void describe(CLI::App& node, NodeFlags& flags);
NodeArguments arguments_of(const NodeFlags& flags);

}  // namespace gossamer::cli
