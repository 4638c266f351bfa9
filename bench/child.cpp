#include "child.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>

#include "give_up.hpp"
#include "gossamer/node.hpp"
#include "loop.hpp"
#include "measured_node.hpp"
#include "self_process.hpp"

namespace gossamer::bench {
namespace {

// A line by one write, which a pipe does not tear apart.
void say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) ::_exit(1);
}

class Reporter {
 public:
  explicit Reporter(Node& node)
      : node_(node), told_(node.subscribe([this](const Event& event) { tell(event); })) {
    say("up " + to_string(node.endpoint()));
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
  CLI::App app;
  app.add_option("--name", name)->required();
  app.add_option("--seed", seed);
  app.add_option("--profile", settings.profile);
  app.add_flag("--insecure", settings.is_insecure);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    give_up(std::string{kChildCommand} + ": " + error.what());
  }
  Loop loop{Loop::RunBy::caller};
  auto opened = Node::open(loop.get(), measured_node(settings, name, seed));
  if (!opened) give_up("open " + name + ": " + opened.error().detail);
  const Reporter reporter{**opened};
  (*opened)->join(std::chrono::seconds{60}, [](Result<void>) {});
  uv_poll_t input;
  uv_poll_init(loop.get(), &input, STDIN_FILENO);
  uv_poll_start(&input, UV_READABLE | UV_DISCONNECT, [](uv_poll_t*, int, int) {
    // Nothing is ever sent there, so this is its end.
    ::_exit(0);
  });
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
