// A service with state, on two nodes that share an object store: its owner dies without a word, and
// the other node carries on from the last frozen write.
#include <uv.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>

#include "gossamer/node.hpp"

namespace {

using gossamer::Result;

/// Counts its starts in its store.
class Counter final : public gossamer::Service {
 public:
  using Counted = std::function<void(const gossamer::ServiceContext&, int starts)>;
  Counter(gossamer::ServiceContext context, Counted counted)
      : context_(std::move(context)), counted_(std::move(counted)) {}

  void start(Started done) override {
    const auto value = context_.store->get("starts");
    if (!value) return done(tl::unexpected(value.error()));
    const int starts = std::stoi(value->value_or("0")) + 1;
    gossamer::WriteBatch batch;
    batch.put("starts", std::to_string(starts));
    // Frozen: acknowledged when it survives the loss of every machine.
    context_.store->commit(
        std::move(batch), gossamer::Durability::frozen,
        [this, starts, done = std::move(done)](Result<gossamer::Sequence> committed) mutable {
          if (!committed) return done(tl::unexpected(committed.error()));
          done(gossamer::Endpoint{"127.0.0.1", 9000});
          counted_(context_, starts);
        });
  }
  void stop(const gossamer::Error&, Stopped done) override { done(); }

 private:
  gossamer::ServiceContext context_;
  Counted counted_;
};

}  // namespace

int main() {
  const auto folder =
      std::filesystem::temp_directory_path() / ("gossamer-keep-" + std::to_string(uv_os_getpid()));
  std::filesystem::create_directories(folder);
  uv_loop_t loop;
  uv_loop_init(&loop);
  std::map<std::string, std::unique_ptr<gossamer::Node>> nodes;
  int starts_seen = 0;

  const auto open_node = [&](const std::string& name, const std::string& seed) {
    gossamer::NodeOptions options{.name = name, .cluster = "example"};
    options.bind = {"127.0.0.1", 0};
    options.is_insecure = true;
    options.membership = gossamer::MembershipOptions::fast();
    options.data_directory = (folder / name).string();
    options.object_store_url = "dir:" + (folder / "objects").string();
    if (!seed.empty()) options.discovery_urls = {"static:" + seed};
    options.factories["counter"] = [&, name](const gossamer::ServiceContext& context) {
      return std::make_unique<Counter>(context, [&, name](const gossamer::ServiceContext& at,
                                                          int starts) {
        std::printf("%s runs %s in epoch %llu: start number %d\n", name.c_str(),
                    to_string(at.unit).c_str(), static_cast<unsigned long long>(at.epoch), starts);
        starts_seen = starts;
        if (starts == 1) {
          nodes[name].reset();  // Dies without a word. The other one will notice.
        } else {
          for (auto& [other, node] : nodes) {
            if (node) node->leave(std::chrono::seconds{1}, [](Result<void>) {});
          }
        }
      });
    };
    auto opened = gossamer::Node::open(&loop, std::move(options));
    if (!opened) {
      std::fprintf(stderr, "cannot open %s: %s\n", name.c_str(), opened.error().detail.c_str());
      return false;
    }
    nodes[name] = std::move(*opened);
    return true;
  };

  if (!open_node("first", "") || !open_node("second", to_string(nodes["first"]->endpoint())))
    return 1;
  nodes["second"]->join(std::chrono::seconds{5}, [&](Result<void> joined) {
    if (!joined) std::fprintf(stderr, "%s\n", joined.error().detail.c_str());
    nodes["second"]->services().deploy({.name = "counter"}, [](Result<std::uint64_t> version) {
      if (!version) std::fprintf(stderr, "%s\n", version.error().detail.c_str());
    });
  });

  uv_run(&loop, UV_RUN_DEFAULT);
  nodes.clear();
  uv_run(&loop, UV_RUN_DEFAULT);
  const bool is_closed = uv_loop_close(&loop) == 0;
  std::filesystem::remove_all(folder);
  return is_closed && starts_seen == 2 ? 0 : 1;
}
