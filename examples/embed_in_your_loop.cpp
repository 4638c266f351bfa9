// Two nodes on one libuv loop of this program: they find each other, one goes, the other is told.
#include <uv.h>

#include <cstdio>

#include "gossamer/node.hpp"

namespace {

std::unique_ptr<gossamer::Node> open_node(uv_loop_t* loop, const char* name,
                                          const std::string& seed) {
  gossamer::NodeOptions options{.name = name, .cluster = "example"};
  options.bind = {"127.0.0.1", 0};
  options.is_insecure = true;  // One machine, for some seconds. Real clusters set key_file.
  options.membership = gossamer::MembershipOptions::fast();
  if (!seed.empty()) options.discovery_urls = {"static:" + seed};
  auto opened = gossamer::Node::open(loop, std::move(options));
  if (!opened) {
    std::fprintf(stderr, "cannot open %s: %s\n", name, opened.error().detail.c_str());
    return nullptr;
  }
  return std::move(*opened);
}

}  // namespace

int main() {
  uv_loop_t loop;
  uv_loop_init(&loop);

  auto first = open_node(&loop, "first", "");
  auto second = first ? open_node(&loop, "second", to_string(first->endpoint())) : nullptr;
  if (!second) return 1;

  auto arrivals = first->on<gossamer::MembersUp>([&](const gossamer::MembersUp& up) {
    for (const gossamer::Member& member : up.members) {
      std::printf("%s has come, at %s\n", member.name.c_str(), to_string(member.endpoint).c_str());
    }
    second->leave(std::chrono::seconds{1}, [](gossamer::Result<void>) {});
  });
  bool was_told = false;
  auto departures = first->on<gossamer::MemberLeft>([&](const gossamer::MemberLeft& left) {
    std::printf("%s has left\n", left.member.name.c_str());
    was_told = true;
    first->leave(std::chrono::seconds{1}, [](gossamer::Result<void>) {});
  });
  second->join(std::chrono::seconds{5}, [](gossamer::Result<void> joined) {
    if (!joined) std::printf("still alone: %s\n", joined.error().detail.c_str());
  });

  uv_run(&loop, UV_RUN_DEFAULT);  // Ends when both nodes have closed.
  first.reset();
  second.reset();
  return uv_loop_close(&loop) == 0 && was_told ? 0 : 1;
}
