#include "child.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "child_orders.hpp"
#include "give_up.hpp"
#include "gossamer/node.hpp"
#include "loop.hpp"
#include "measured_node.hpp"
#include "self_process.hpp"

namespace gossamer::bench {
namespace {

class Reporter {
 public:
  explicit Reporter(Node& node)
      : node_(node), told_(node.subscribe([this](const Event& event) { tell(event); })) {
    say("up " + to_string(node.endpoint()) + " " + std::to_string(own_incarnation()));
    tell_count();
  }

 private:
  void tell(const Event& event) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    if (const auto* down = std::get_if<MembersDown>(&event)) {
      const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
      for (const Member& member : down->members) {
        say("down " + member.name + " " + std::to_string(ns));
      }
    }
    tell_count();
  }
  Incarnation own_incarnation() const {
    const MemberView members = node_.members();
    const Member* self = members.find(node_.id());
    return self == nullptr ? 0 : self->incarnation;
  }
  void tell_count() {
    const std::size_t count = node_.members().live_count();
    if (count == count_) return;
    count_ = count;
    say("count " + std::to_string(count));
  }

  Node& node_;
  std::size_t count_ = 0;
  Subscription told_;
};

}  // namespace

int run_child(int argc, char** argv) {
  die_with_parent();
  Settings settings;
  std::string name;
  std::string seed;
  std::string bind;
  std::string data_directory;
  CLI::App app;
  app.add_option("--name", name)->required();
  app.add_option("--seed", seed);
  app.add_option("--bind", bind);
  app.add_option("--data", data_directory);
  app.add_option("--profile", settings.profile);
  app.add_option("--probe-interval-ms", settings.probe_interval_ms);
  app.add_flag("--insecure", settings.is_insecure);
  // Nothing is lost yet: it is told when.
  app.add_option("--loss-percent", settings.loss_percent);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    give_up(std::string{kChildCommand} + ": " + error.what());
  }
  Loop loop{Loop::RunBy::caller};
  NodeOptions options = measured_node(settings, name, seed);
  options.data_directory = data_directory;
  if (!bind.empty()) {
    const Result<Endpoint> at = parse_endpoint(bind);
    if (!at) give_up("open " + name + ": " + at.error().detail);
    options.bind = *at;
  }
  auto opened = Node::open(loop.get(), std::move(options));
  if (!opened) give_up("open " + name + ": " + opened.error().detail);
  const Reporter reporter{**opened};
  (*opened)->join(std::chrono::seconds{60}, [](Result<void>) {});
  const ChildOrders orders{loop.get(), **opened};
  uv_run(loop.get(), UV_RUN_DEFAULT);
  ::_exit(1);
}

int run_busy_core() {
  die_with_parent();
  for (volatile bool is_busy = true; is_busy;) {
  }
  return 0;
}

}  // namespace gossamer::bench
