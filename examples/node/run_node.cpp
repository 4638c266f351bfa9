// `gossamer node`: one node on this thread, until a signal asks it to go.

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <uv.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "gossamer/json.hpp"
#include "gossamer/node.hpp"
#include "terminal_text.hpp"

namespace gossamer::cli {
namespace {

/// Warnings and worse, for the person who started it.
class StandardErrorLog final : public LogSink {
 public:
  void log(LogLevel level, std::string_view line) override {
    if (level < LogLevel::warning) return;
    std::fprintf(stderr, "%s: %s\n", std::string{to_string(level)}.c_str(),
                 without_controls(line).c_str());
  }
};

void warn(const std::string& sentence) {
  std::fprintf(stderr, "warning: %s\n", without_controls(sentence).c_str());
}

/// What was asked for and will not be had.
std::vector<std::string> warnings_of(const NodeOptions& options) {
  std::vector<std::string> warnings;
  if (options.is_insecure) {
    warnings.emplace_back(
        "--insecure: the key is one that everybody knows, so whoever can send to this node can "
        "read, join and command the cluster; give it --key-file for more than a trial");
  }
  if (!options.hides_objects) return warnings;
  if (options.object_store_url.empty()) {
    warnings.emplace_back(
        "--hide-objects without --object-store hides nothing, because nothing is stored");
  } else if (options.is_insecure) {
    warnings.emplace_back(
        "--hide-objects with --insecure hides nothing: it encrypts under a key that everybody "
        "knows");
  }
  return warnings;
}

/// A node has some 30 open, and more for services, streams and requests. With too few it would run,
/// say `ready`, and answer no stream.
constexpr rlim_t kDescriptorsMin = 64;

bool has_descriptors() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kDescriptorsMin;
}

class RunningNode {
 public:
  RunningNode(uv_loop_t* loop, NodeArguments arguments)
      : loop_(loop), arguments_(std::move(arguments)) {}

  int run() {
    arguments_.options.log = &log_;
    const std::string admin = arguments_.options.admin_socket;
    const auto warnings = warnings_of(arguments_.options);
    auto opened = Node::open(loop_, std::move(arguments_.options));
    if (!opened) {
      uv_run(loop_, UV_RUN_DEFAULT);
      return complain(opened.error());
    }
    node_ = std::move(*opened);
    for (const std::string& warning : warnings) warn(warning);
    if (arguments_.is_json) {
      events_ = node_->subscribe([](const Event& event) { print_line(to_json(event)); });
    } else {
      events_ = node_->on<TerminationNotice>([](const TerminationNotice& notice) {
        const bool goes = notice.kind != TerminationNotice::Kind::rebalance;
        print_line(goes ? "leaving: this machine will be taken away"
                        : "this machine may soon be taken away (rebalance recommendation)");
      });
    }
    catch_signal(terminate_, SIGTERM);
    catch_signal(interrupt_, SIGINT);
    node_->join(arguments_.join_timeout,
                [this, admin](Result<void> joined) { on_joined(joined, admin); });
    uv_run(loop_, UV_RUN_DEFAULT);
    node_.reset();
    uv_run(loop_, UV_RUN_DEFAULT);
    return status_;
  }

 private:
  void on_joined(const Result<void>& joined, const std::string& admin) {
    if (!joined && joined.error().code != ErrorCode::timed_out) {
      if (joined.error().code != ErrorCode::cancelled) {
        status_ = complain(kFailed, joined.error().detail);
        go();
      }
      return;
    }
    if (!joined) {
      warn(joined.error().detail);
      wait_on();
    }
    if (arguments_.is_json) {
      nlohmann::ordered_json ready{{"event", "ready"},
                                   {"id", to_string(node_->id())},
                                   {"endpoint", to_string(node_->endpoint())},
                                   {"admin", admin},
                                   {"live_members", node_->members().live_count()}};
      if (const auto listens = node_->admin_endpoint()) ready["admin_listen"] = to_string(*listens);
      print_line(ready.dump());
    } else {
      const auto listens = node_->admin_endpoint();
      print_line(fmt::format("ready: {} at {}, {} live member{}{}", to_short_string(node_->id()),
                             to_string(node_->endpoint()), node_->members().live_count(),
                             node_->members().live_count() == 1 ? "" : "s",
                             listens ? ", admin at " + to_string(*listens) : std::string{}));
    }
  }

  /// It said that it is ready, alone: it goes if it turns out that it can never join.
  void wait_on() {
    constexpr std::chrono::hours kVeryLong{24};
    node_->join(kVeryLong, [this](const Result<void>& joined) {
      if (joined || joined.error().code == ErrorCode::cancelled) return;
      if (joined.error().code == ErrorCode::timed_out) return wait_on();
      status_ = complain(kFailed, joined.error().detail);
      go();
    });
  }

  void catch_signal(uv_signal_t& signal, int number) {
    uv_signal_init(loop_, &signal);
    signal.data = this;
    uv_signal_start(
        &signal, [](uv_signal_t* caught, int) { static_cast<RunningNode*>(caught->data)->go(); },
        number);
    // It must not keep the loop when the node has gone.
    uv_unref(reinterpret_cast<uv_handle_t*>(&signal));
  }

  /// Politely when first asked, promptly when asked again.
  void go() {
    const auto gone = [this] {
      for (uv_signal_t* signal : {&terminate_, &interrupt_}) {
        auto* handle = reinterpret_cast<uv_handle_t*>(signal);
        if (uv_is_closing(handle) == 0) uv_close(handle, nullptr);
      }
    };
    if (is_going_) return node_->close(gone);
    is_going_ = true;
    node_->leave(std::chrono::seconds{5}, [gone](const Result<void>&) { gone(); });
  }

  uv_loop_t* loop_;
  NodeArguments arguments_;
  StandardErrorLog log_;
  std::unique_ptr<Node> node_;
  Subscription events_;
  uv_signal_t terminate_{};
  uv_signal_t interrupt_{};
  bool is_going_ = false;
  int status_ = 0;
};

}  // namespace

int run_node(NodeArguments arguments) {
  if (!arguments.admission_path.empty()) {
    auto admission = read_admission_file(arguments.admission_path);
    if (!admission) return complain(admission.error());
    arguments.options.admission.own = std::move(*admission);
  }
  // The ledger's connections may break at any time; that is an error code, not the end.
  ::signal(SIGPIPE, SIG_IGN);
  if (!has_descriptors()) {
    return complain(kFailed, fmt::format("a node needs {} open files, and fewer are allowed; raise "
                                         "the limit (ulimit -n)",
                                         kDescriptorsMin));
  }
  uv_loop_t loop;
  if (const int rc = uv_loop_init(&loop); rc != 0) {
    return complain(kFailed, fmt::format("cannot make a loop: {}", uv_strerror(rc)));
  }
  const int status = RunningNode{&loop, std::move(arguments)}.run();
  uv_loop_close(&loop);
  return status;
}

}  // namespace gossamer::cli
