// A program without a loop: each node has a thread of its own and is reached through its handle.
#include <cstdio>
#include <future>

#include "gossamer/node.hpp"
#include "gossamer/node_thread.hpp"

namespace {

std::unique_ptr<gossamer::NodeThread> start_node(const char* name, std::string seed) {
  gossamer::NodeOptions options{.name = name, .cluster = "example"};
  options.bind = {"127.0.0.1", 0};
  options.is_insecure = true;
  if (!seed.empty()) options.discovery_urls = {"static:" + seed};
  auto started = gossamer::NodeThread::start(std::move(options));
  if (!started) {
    std::fprintf(stderr, "cannot start %s: %s\n", name, started.error().detail.c_str());
    return nullptr;
  }
  return std::move(*started);
}

}  // namespace

int main() {
  auto first = start_node("first", "");
  if (!first) return 1;

  // What belongs to the node is asked on its thread.
  std::promise<gossamer::Endpoint> told;
  auto endpoint = told.get_future();
  const auto posted =
      first->handle().post([&told](gossamer::Node& node) { told.set_value(node.endpoint()); });
  if (!posted) return 1;

  auto second = start_node("second", to_string(endpoint.get()));
  if (!second) return 1;
  if (const auto joined = second->join(std::chrono::seconds{5}); !joined) {
    std::fprintf(stderr, "%s\n", joined.error().detail.c_str());
    return 1;
  }

  // Snapshots can be read from any thread.
  const gossamer::MemberView members = second->handle().members();
  for (const gossamer::Member& member : members) {
    std::printf("%s is %s\n", member.name.c_str(), std::string{to_string(member.state)}.c_str());
  }
  return members.live_count() == 2 ? 0 : 1;  // The destructors say goodbye.
}
