// One node publishes where its service listens; another finds it by name, and is told when it goes.
#include <uv.h>

#include <cstdio>
#include <optional>

#include "gossamer/node.hpp"

namespace {

std::unique_ptr<gossamer::Node> open_node(uv_loop_t* loop, const char* name,
                                          const std::string& seed) {
  gossamer::NodeOptions options{.name = name, .cluster = "example"};
  options.bind = {"127.0.0.1", 0};
  options.is_insecure = true;
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
  auto server = open_node(&loop, "server", "");
  auto client = server ? open_node(&loop, "client", to_string(server->endpoint())) : nullptr;
  if (!client) return 1;

  // Published for as long as this object lives.
  auto published = server->naming().publish("billing", {"127.0.0.1", 8080}, {{"zone", "a"}});
  if (!published) {
    std::fprintf(stderr, "%s\n", published.error().detail.c_str());
    return 1;
  }
  std::optional<gossamer::Publication> publication = std::move(*published);

  bool was_found = false;
  bool was_withdrawn = false;
  auto watch =
      client->naming().watch("billing", [&](const std::vector<gossamer::NameRecord>& records) {
        for (const gossamer::NameRecord& record : records) {
          std::printf("billing is at %s, zone %s\n", to_string(record.endpoint).c_str(),
                      record.attributes.at("zone").c_str());
        }
        if (!records.empty()) {
          was_found = true;
          publication.reset();
        } else if (was_found) {
          std::printf("billing is gone\n");
          was_withdrawn = true;
          server->leave(std::chrono::seconds{1}, [](gossamer::Result<void>) {});
          client->leave(std::chrono::seconds{1}, [](gossamer::Result<void>) {});
        }
      });

  uv_run(&loop, UV_RUN_DEFAULT);
  server.reset();
  client.reset();
  return uv_loop_close(&loop) == 0 && was_withdrawn ? 0 : 1;
}
