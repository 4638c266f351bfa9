#include "sim/paced_loop.hpp"

namespace gossamer::sim {

struct PacedLoop::State : std::enable_shared_from_this<PacedLoop::State> {
  State(EventQueue& queue_given, Tasks& tasks_given, Duration drain_given, Order order_given)
      : queue(queue_given), tasks(tasks_given), drain(drain_given), order(order_given) {}

  void later(Duration delay, void (State::*step)(std::uint64_t), std::uint64_t token) {
    queue.after(delay, [weak = weak_from_this(), step, token] {
      if (const auto self = weak.lock()) (self.get()->*step)(token);
    });
  }
  void on_due(std::uint64_t token) {
    if (token != timer_token) return;  // An earlier deadline was armed instead.
    armed.reset();
    is_timer_due = true;
    // A loop that reads comes to its timers when it has read all.
    if (is_stopped || (!backlog.empty() && order == Order::input_first)) return;
    run_timer();
  }
  void run_timer() {
    if (!is_timer_due) return;
    is_timer_due = false;
    tasks.on_timer();
  }
  void drain_next(std::uint64_t token) {
    if (token != drain_token || is_stopped || backlog.empty()) return;
    const Packet packet = std::move(backlog.front());
    backlog.pop_front();
    if (!packet.by_stream) socket_bytes -= packet.bytes.size() + kPacketBytesAround;
    const auto keep = shared_from_this();
    tasks.on_packet(packet);
    if (is_ended || is_stopped) return;
    if (backlog.empty()) return run_timer();
    later(drain, &State::drain_next, drain_token);
  }

  EventQueue& queue;
  Tasks& tasks;
  Duration drain;
  Order order;
  std::deque<Packet> backlog{};
  std::size_t socket_bytes = 0;
  std::uint64_t dropped = 0;
  std::optional<Instant> armed{};
  std::uint64_t timer_token = 0;
  std::uint64_t drain_token = 0;
  bool is_timer_due = false;
  bool is_stopped = false;
  bool is_ended = false;
};

PacedLoop::PacedLoop(EventQueue& queue, Tasks& tasks, Duration drain, Order order)
    : state_(std::make_shared<State>(queue, tasks, drain, order)) {}

PacedLoop::~PacedLoop() {
  state_->is_ended = true;
}

void PacedLoop::receive(Packet packet) {
  State& state = *state_;
  if (!state.is_stopped && state.backlog.empty()) return state.tasks.on_packet(packet);
  if (!packet.by_stream) {
    const std::size_t bytes = packet.bytes.size() + kPacketBytesAround;
    if (state.socket_bytes + bytes > kSocketBytesMax) {
      ++state.dropped;
      return;
    }
    state.socket_bytes += bytes;
  }
  state.backlog.push_back(std::move(packet));
}

void PacedLoop::arm(Instant when) {
  State& state = *state_;
  if (state.armed && *state.armed <= when) return;
  state.armed = when;
  state.later(when - state.queue.now(), &State::on_due, ++state.timer_token);
}

void PacedLoop::stop() {
  state_->is_stopped = true;
  ++state_->drain_token;
}

void PacedLoop::resume() {
  State& state = *state_;
  if (!state.is_stopped) return;
  state.is_stopped = false;
  const auto keep = state_;
  if (state.backlog.empty() || state.order == Order::timers_first) state.run_timer();
  if (state.is_ended || state.backlog.empty()) return;
  state.later(state.drain, &State::drain_next, state.drain_token);
}

bool PacedLoop::is_stopped() const {
  return state_->is_stopped;
}
std::size_t PacedLoop::backlog() const {
  return state_->backlog.size();
}
std::uint64_t PacedLoop::dropped() const {
  return state_->dropped;
}

}  // namespace gossamer::sim
