#include "peer.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::bench {
namespace {

constexpr std::string_view kOption = "--peer";

}  // namespace

std::optional<int> become_peer(int argc, char** argv) {
  std::optional<std::string> peer;
  std::vector<char*> arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument{argv[i]};
    if (argument == kOption) {
      peer = i + 1 < argc ? argv[++i] : "";
    } else if (argument.substr(0, kOption.size() + 1) == "--peer=") {
      peer = argument.substr(kOption.size() + 1);
    } else {
      arguments.push_back(argv[i]);
    }
  }
  if (!peer) return std::nullopt;
  if (*peer != "memberlist") {
    std::fprintf(stderr, "gossamer-bench: --peer '%s': the only peer is memberlist\n",
                 peer->c_str());
    return 2;
  }
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  std::string program = (self.parent_path() / "gossamer-bench-memberlist").string();
  arguments.insert(arguments.begin(), program.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  std::fprintf(stderr,
               "gossamer-bench: --peer memberlist: cannot run %s: %s; build it with "
               "bench/peers/memberlist/build.sh %s\n",
               program.c_str(), std::strerror(errno), program.c_str());
  return 1;
}

}  // namespace gossamer::bench
