#include "cluster.hpp"

#include <algorithm>

#include "give_up.hpp"
#include "measured_node.hpp"

namespace gossamer::bench {
namespace {

// A run of that length has failed; the rival's harness, which needs longer now and then, has the
// same.
constexpr std::chrono::seconds kConvergenceLimit{180};

// Ends the caller's loop's waiting after a time, once or again and again.
class Tick {
 public:
  Tick(uv_loop_t* loop, std::chrono::milliseconds after, std::chrono::milliseconds every)
      : loop_(loop) {
    uv_update_time(loop);  // It may not have been run for long.
    uv_timer_init(loop, &timer_);
    timer_.data = this;
    uv_timer_start(
        &timer_, [](uv_timer_t* timer) { static_cast<Tick*>(timer->data)->is_due_ = true; },
        static_cast<std::uint64_t>(after.count()), static_cast<std::uint64_t>(every.count()));
  }
  ~Tick() {
    uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
    uv_run(loop_, UV_RUN_NOWAIT);
  }
  Tick(const Tick&) = delete;
  Tick& operator=(const Tick&) = delete;

  /// Runs the loop until then.
  void await() {
    is_due_ = false;
    while (!is_due_) uv_run(loop_, UV_RUN_ONCE);
  }

 private:
  uv_loop_t* loop_;
  uv_timer_t timer_{};
  bool is_due_ = false;
};

}  // namespace

Cluster::Cluster(const Settings& settings) : settings_(settings) {
  for (std::size_t i = 0; i < std::max<std::size_t>(settings.loops, 1); ++i) {
    loops_.push_back(
        std::make_unique<Loop>(i == 0 ? Loop::RunBy::caller : Loop::RunBy::own_thread));
  }
}

Cluster::~Cluster() {
  for (std::size_t i = 0; i < places_.size(); ++i) close(i);
  // Then the loops are, which run until libuv has closed everything.
}

Cluster::Place& Cluster::next_place() {
  auto place = std::make_unique<Place>();
  place->loop = loops_[places_.size() % loops_.size()].get();
  place->name = "n" + std::to_string(places_.size());
  places_.push_back(std::move(place));
  return *places_.back();
}

void Cluster::add() {
  Place& place = next_place();
  add(place, measured_node(settings_, place.name, seed_));
}

void Cluster::add(const Endpoint& bind, const Endpoint& advertise) {
  Place& place = next_place();
  NodeOptions options = measured_node(settings_, place.name, seed_);
  options.bind = bind;
  options.advertise = advertise;
  add(place, std::move(options));
}

std::size_t Cluster::add_alone() {
  Place& place = next_place();
  place.own_loop = std::make_unique<Loop>(Loop::RunBy::own_thread);
  place.loop = place.own_loop.get();
  add(place, measured_node(settings_, place.name, seed_));
  return places_.size() - 1;
}

void Cluster::add(Place& place, NodeOptions options) {
  place.loop->run([&] { open(place, std::move(options)); });
  if (seed_.empty()) with(0, [this](Node& node) { seed_ = to_string(node.endpoint()); });
}

void Cluster::add_many(std::size_t count) {
  if (count == 0) return;
  if (seed_.empty()) {
    add();
    --count;
  }
  std::vector<std::vector<Place*>> shares(loops_.size());
  for (; count > 0; --count) {
    const std::size_t share = places_.size() % loops_.size();
    shares[share].push_back(&next_place());
  }
  const auto open_share = [&](const std::vector<Place*>& share) {
    for (Place* place : share) open(*place, measured_node(settings_, place->name, seed_));
  };
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    loops_[i]->post([&open_share, &share = shares[i]] { open_share(share); });
  }
  open_share(shares[0]);
  for (const std::unique_ptr<Loop>& loop : loops_) loop->run([] {});  // They have come so far.
}

// On the loop of the place.
void Cluster::open(Place& place, NodeOptions options) {
  auto opened = Node::open(place.loop->get(), std::move(options));
  if (!opened) give_up("open " + place.name + ": " + opened.error().detail);
  place.node = std::move(*opened);
  place.handle = place.node->handle();
  place.subscriptions.push_back(
      place.node->on<MembersDown>([this, &place](const MembersDown& down) {
        for (const Member& member : down.members) {
          deaths_.told(place.name, member.name, std::chrono::steady_clock::now());
        }
      }));
  place.node->join(std::chrono::seconds{60}, [](Result<void>) {});
}

void Cluster::start_settled(std::size_t count) {
  add_many(count - places_.size());
  if (!run_until([&] { return all_see(count); }, kConvergenceLimit)) {
    give_up("the nodes did not find each other within 180 s");
  }
  run_for(std::chrono::milliseconds{settings_.settle_ms});
}

bool Cluster::run_until(const std::function<bool()>& is_done, std::chrono::milliseconds limit) {
  const SteadyTime end = std::chrono::steady_clock::now() + limit;
  constexpr std::chrono::milliseconds kEvery{2};
  Tick tick{loops_[0]->get(), kEvery, kEvery};
  while (!is_done()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    tick.await();
  }
  return true;
}

void Cluster::run_for(std::chrono::milliseconds time) {
  // Without a tick, which would cost CPU time that is counted as the nodes'.
  Tick{loops_[0]->get(), time, std::chrono::milliseconds{0}}.await();
}

void Cluster::with(std::size_t index, const std::function<void(Node&)>& use) {
  Place& place = *places_[index];
  place.loop->run([&] { use(*place.node); });
}

void Cluster::post(std::size_t index, std::function<void(Node&)> use) {
  Place& place = *places_[index];
  place.loop->post([&place, use = std::move(use)] { use(*place.node); });
}

void Cluster::keep(std::size_t index, Subscription subscription) {
  places_[index]->subscriptions.push_back(std::move(subscription));
}

bool Cluster::all_see(std::size_t count) {
  // Who was late last time is asked first: while some are, that is most often enough.
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const std::size_t index = (laggard_ + i) % places_.size();
    const Place& place = *places_[index];
    if (!place.is_open || place.is_halted) continue;
    if (place.handle.members().live_count() == count) continue;
    laggard_ = index;
    return false;
  }
  return true;
}

void Cluster::halt(std::size_t index) {
  places_[index]->is_halted = true;
  places_[index]->own_loop->halt();
}

void Cluster::resume(std::size_t index) {
  places_[index]->is_halted = false;
  places_[index]->own_loop->resume();
}

void Cluster::close(std::size_t index) {
  Place& place = *places_[index];
  if (!place.is_open) return;
  place.is_open = false;
  const auto close_node = [&place] {
    place.subscriptions.clear();
    place.node.reset();
  };
  if (place.own_loop == nullptr) return place.loop->run(close_node);
  // Posted before it goes on, so that this is the first that it does.
  place.loop->post(close_node);
  place.own_loop.reset();
}

std::uint64_t Cluster::counted(const std::string& name) const {
  std::uint64_t sum = 0;
  for (const std::unique_ptr<Place>& place : places_) {
    if (!place->is_open || place->is_halted) continue;
    place->loop->run([&] {
      const auto counters = place->node->counters();
      const auto at = counters.find(name);
      if (at != counters.end()) sum += at->second;
    });
  }
  return sum;
}

}  // namespace gossamer::bench
