#include "cluster.hpp"

#include <cstdio>
#include <cstdlib>

namespace gossamer::bench {
namespace {

[[noreturn]] void give_up(const std::string& what, const Error& error) {
  std::fprintf(stderr, "gossamer-bench: %s: %s\n", what.c_str(), error.detail.c_str());
  std::exit(1);
}

MembershipOptions profile(const std::string& name) {
  if (name == "fast") return MembershipOptions::fast();
  if (name == "calm") return MembershipOptions::calm();
  return {};
}

}  // namespace

double milliseconds_since(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

Cluster::Cluster(const Settings& settings) : settings_(settings) {
  uv_loop_init(&loop_);
}

Cluster::~Cluster() {
  subscriptions_.clear();
  threads_.clear();
  for (std::unique_ptr<Node>& node : nodes_) node.reset();
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

NodeOptions Cluster::options_for(const std::string& name) const {
  NodeOptions options;
  options.name = name;
  options.cluster = "bench";
  options.bind = {"127.0.0.1", 0};
  if (settings_.is_insecure) {
    options.is_insecure = true;
  } else {
    options.key_bytes = std::string(32, 'k');
  }
  options.membership = profile(settings_.profile);
  options.worker_count = 1;
  options.leave_timeout = std::chrono::milliseconds{0};
  if (!seed_.empty()) options.discovery_urls = {"static:" + seed_};
  return options;
}

void Cluster::add() {
  add(options_for("n" + std::to_string(nodes_.size())));
}

void Cluster::add(const Endpoint& bind, const Endpoint& advertise) {
  NodeOptions options = options_for("n" + std::to_string(nodes_.size()));
  options.bind = bind;
  options.advertise = advertise;
  add(std::move(options));
}

void Cluster::add(NodeOptions options) {
  const std::size_t index = nodes_.size();
  auto opened = Node::open(&loop_, std::move(options));
  if (!opened) give_up("open a node", opened.error());
  nodes_.push_back(std::move(*opened));
  Node& node = *nodes_.back();
  if (seed_.empty()) seed_ = to_string(node.endpoint());
  subscriptions_.push_back(node.on<MembersDown>([this, index](const MembersDown& down) {
    for (const Member& member : down.members) {
      ++down_events_;
      ++down_events_of_[member.id];
      downs_[member.id].emplace(index, std::chrono::steady_clock::now());
    }
  }));
  node.join(std::chrono::seconds{60}, [](Result<void>) {});
}

void Cluster::add_on_thread() {
  auto started = NodeThread::start(options_for("t" + std::to_string(threads_.size())));
  if (!started) give_up("start a node's thread", started.error());
  threads_.push_back(std::move(*started));
}

bool Cluster::run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit) {
  // A timer of ours ends each round of the loop, so that the condition is looked at every 2 ms.
  uv_timer_t tick;
  uv_timer_init(&loop_, &tick);
  uv_timer_start(
      &tick, [](uv_timer_t*) {}, 2, 2);
  const SteadyTime end = std::chrono::steady_clock::now() + limit;
  bool done = is_done();
  while (!done && std::chrono::steady_clock::now() < end) {
    uv_run(&loop_, UV_RUN_ONCE);
    done = is_done();
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&tick), nullptr);
  uv_run(&loop_, UV_RUN_NOWAIT);
  return done;
}

void Cluster::run_for(std::chrono::milliseconds time) {
  // One timer, for what nobody looks at need not be looked at: a tick's wakeups would count as the
  // nodes'.
  bool done = false;
  uv_timer_t end;
  uv_timer_init(&loop_, &end);
  end.data = &done;
  uv_timer_start(
      &end, [](uv_timer_t* fired) { *static_cast<bool*>(fired->data) = true; },
      static_cast<std::uint64_t>(time.count()), 0);
  while (!done) uv_run(&loop_, UV_RUN_ONCE);
  uv_close(reinterpret_cast<uv_handle_t*>(&end), nullptr);
  uv_run(&loop_, UV_RUN_NOWAIT);
}

bool Cluster::all_see(std::size_t count) const {
  for (const std::unique_ptr<Node>& node : nodes_) {
    if (node && node->members().live_count() != count) return false;
  }
  return true;
}

std::uint64_t Cluster::down_events_except(const std::set<NodeId>& dead) const {
  std::uint64_t events = 0;
  for (const auto& [id, count] : down_events_of_) {
    if (dead.count(id) == 0) events += count;
  }
  return events;
}

void Cluster::kill(std::size_t index) {
  nodes_[index].reset();
}

std::uint64_t Cluster::counted(const std::string& name) const {
  std::uint64_t sum = 0;
  for (const std::unique_ptr<Node>& node : nodes_) {
    if (!node) continue;
    const auto counters = node->counters();
    const auto at = counters.find(name);
    if (at != counters.end()) sum += at->second;
  }
  return sum;
}

}  // namespace gossamer::bench
