// No factory: callbacks decide where the service may run, start it in this program's own way, and
// hear of every step. Each step has a key (service, ordinal, epoch) that makes acting on it
// idempotent.
#include <uv.h>

#include <cstdio>
#include <filesystem>
#include <set>

#include "gossamer/node.hpp"

namespace {

using gossamer::RedeployKey;
using gossamer::Result;

std::string text(const RedeployKey& key) {
  return key.service + "/" + std::to_string(key.ordinal) + " epoch " + std::to_string(key.epoch);
}

}  // namespace

int main() {
  const auto folder =
      std::filesystem::temp_directory_path() / ("gossamer-own-" + std::to_string(uv_os_getpid()));
  std::filesystem::create_directories(folder);
  uv_loop_t loop;
  uv_loop_init(&loop);
  std::unique_ptr<gossamer::Node> node;
  std::set<RedeployKey> running;  // Stands for containers, units of the system, machines elsewhere.
  bool was_started = false;
  bool was_stopped = false;

  gossamer::NodeOptions options{.name = "only", .cluster = "example"};
  options.bind = {"127.0.0.1", 0};
  options.is_insecure = true;
  options.data_directory = (folder / "data").string();
  options.object_store_url = "dir:" + (folder / "objects").string();
  options.redeploy.may_take = [](const RedeployKey& key, const gossamer::ServiceSpec& spec,
                                 gossamer::UniqueFunction<void(bool)> reply) {
    std::printf("may_take %s: yes, it is for '%s'\n", text(key).c_str(), spec.arguments.c_str());
    reply(true);  // No would place it on another node.
  };
  options.redeploy.before = [](const RedeployKey& key, const gossamer::ServiceSpec&,
                               gossamer::UniqueFunction<void(Result<void>)> reply) {
    std::printf("before %s: its state is here\n", text(key).c_str());
    reply({});  // An error would veto.
  };
  options.redeploy.start = [&](const gossamer::ServiceContext& context,
                               gossamer::Service::Started reply) {
    running.insert({context.unit.service, context.unit.ordinal, context.epoch});
    reply(gossamer::Endpoint{"127.0.0.1", 9001});
  };
  options.redeploy.stop = [&](const RedeployKey& key, const gossamer::Error& reason,
                              gossamer::Service::Stopped reply) {
    std::printf("stop %s: %s\n", text(key).c_str(), reason.detail.c_str());
    was_stopped = running.erase(key) == 1;
    reply();
  };
  options.redeploy.started = [&](const RedeployKey& key, const gossamer::Endpoint& endpoint) {
    std::printf("started %s at %s\n", text(key).c_str(), to_string(endpoint).c_str());
    was_started = running.count(key) == 1;
    node->services().undeploy(key.service, [&](Result<void> undeployed) {
      if (!undeployed) std::fprintf(stderr, "%s\n", undeployed.error().detail.c_str());
      node->leave(std::chrono::seconds{2}, [](Result<void>) {});
    });
  };
  options.redeploy.failed = [](const RedeployKey& key, const gossamer::Error& error) {
    std::printf("failed %s: %s\n", text(key).c_str(), error.detail.c_str());
  };
  options.redeploy.fenced = [](const RedeployKey& key) {
    std::printf("fenced %s\n", text(key).c_str());
  };

  auto opened = gossamer::Node::open(&loop, std::move(options));
  if (!opened) {
    std::fprintf(stderr, "cannot open: %s\n", opened.error().detail.c_str());
    return 1;
  }
  node = std::move(*opened);
  node->services().deploy({.name = "shop", .arguments = "image=shop:7"},
                          [](Result<std::uint64_t> version) {
                            if (!version)
                              std::fprintf(stderr, "%s\n", version.error().detail.c_str());
                          });

  uv_run(&loop, UV_RUN_DEFAULT);
  node.reset();
  const bool is_closed = uv_loop_close(&loop) == 0;
  std::filesystem::remove_all(folder);
  return is_closed && was_started && was_stopped ? 0 : 1;
}
