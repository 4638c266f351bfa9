#include "http/retries.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "http/retry_after.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::http {
namespace {

constexpr std::uint64_t kRepetitionCost = 5;
constexpr std::uint64_t kAnswerReturn = 1;
// A server that gives a byte an attempt is not to be asked for ever at no cost.
constexpr unsigned kFreeRepetitionsMax = 64;

std::chrono::milliseconds pause_bound(const RetryPolicy& policy, unsigned failed_attempts) {
  const auto most = std::max(policy.pause_max, std::chrono::milliseconds{0});
  auto bound = std::max(policy.pause, std::chrono::milliseconds{0});
  for (unsigned n = 1; n < failed_attempts && bound < most; ++n) bound *= 2;
  return std::min(bound, most);
}

std::chrono::seconds wall_time() {
  return std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

struct Retries::State : std::enable_shared_from_this<Retries::State> {
  State(UvLoop& on, Client& with, std::uint64_t seed, std::uint64_t tokens_max)
      : loop(on), client(with), random(seed), budget_max(tokens_max), budget(tokens_max) {}

  /// One request, through all its attempts.
  struct Sending {
    Prepare prepare;
    Judge is_worth_repeating;
    RetryPolicy policy;
    Client::Done done;
    Instant began{};
    unsigned attempt = 0;   ///< The one under way, from 1.
    unsigned failures = 0;  ///< Attempts since one last moved on.
    unsigned free = 0;      ///< Repetitions that cost nothing, so far.
    bool is_ready = false;  ///< It was prepared.
    Result<Response> ended{};
    std::unique_ptr<UvTimer> timer{};
  };

  void prepare(std::uint64_t id);
  void on_ready(std::uint64_t id, unsigned attempt, Result<Request> request);
  void on_ended(std::uint64_t id, Result<Response> ended);
  /// How long to wait for the next attempt; nothing if there is none.
  std::optional<Duration> next_pause(const Sending& sending, std::uint64_t cost);
  void finish(std::uint64_t id);
  void wait(std::uint64_t id, Duration pause, void (State::*then)(std::uint64_t));
  std::shared_ptr<Sending> find(std::uint64_t id) const {
    const auto found = sendings.find(id);
    return found == sendings.end() ? nullptr : found->second;
  }

  UvLoop& loop;
  Client& client;
  UvClock clock;
  Random random;
  const std::uint64_t budget_max;
  std::uint64_t budget;
  std::uint64_t repeated = 0;
  std::uint64_t next_id = 1;
  // Shared, since what is called may end the sending, or destroy this.
  std::map<std::uint64_t, std::shared_ptr<Sending>> sendings;
};

void Retries::State::prepare(std::uint64_t id) {
  const auto sending = find(id);
  if (!sending) return;
  const unsigned attempt = ++sending->attempt;
  sending->is_ready = false;
  sending->prepare(attempt, [weak = weak_from_this(), id, attempt](Result<Request> request) {
    if (const auto self = weak.lock()) self->on_ready(id, attempt, std::move(request));
  });
}

void Retries::State::on_ready(std::uint64_t id, unsigned attempt, Result<Request> request) {
  const auto sending = find(id);
  if (!sending || sending->attempt != attempt || std::exchange(sending->is_ready, true)) return;
  if (!request) {
    sending->ended = tl::unexpected(std::move(request.error()));
    // Perhaps inside send().
    wait(id, Duration{0}, &State::finish);
    return;
  }
  client.send(std::move(*request), [weak = weak_from_this(), id](Result<Response> ended) {
    if (const auto self = weak.lock()) self->on_ended(id, std::move(ended));
  });
}

void Retries::State::on_ended(std::uint64_t id, Result<Response> ended) {
  const auto sending = find(id);
  if (!sending) return;
  sending->ended = std::move(ended);
  const Verdict verdict = sending->is_worth_repeating(sending->ended);
  if (find(id) == nullptr) return;
  if (!verdict.is_worth_repeating) {
    if (sending->ended) budget = std::min(budget + kAnswerReturn, budget_max);
    finish(id);
    return;
  }
  sending->failures = verdict.has_moved_on ? 0 : sending->failures + 1;
  const bool is_free = verdict.has_moved_on && sending->free < kFreeRepetitionsMax;
  const std::uint64_t cost = is_free ? 0 : kRepetitionCost;
  const std::optional<Duration> pause = next_pause(*sending, cost);
  if (!pause) {
    finish(id);
    return;
  }
  budget -= cost;
  sending->free += is_free ? 1 : 0;
  ++repeated;
  wait(id, *pause, &State::prepare);
}

std::optional<Duration> Retries::State::next_pause(const Sending& sending, std::uint64_t cost) {
  const RetryPolicy& policy = sending.policy;
  if (sending.failures >= policy.attempts_max || budget < cost) return std::nullopt;
  const auto bound = pause_bound(policy, std::max(sending.failures, 1U));
  std::chrono::milliseconds pause{random.between(0, bound.count())};
  if (sending.ended) {
    const auto asked = parse_retry_after(sending.ended->headers, wall_time());
    const auto asked_max = 2 * policy.pause_max;
    if (asked) pause = std::max(pause, std::min<std::chrono::milliseconds>(*asked, asked_max));
  }
  if (clock.now() + pause > sending.began + policy.whole) return std::nullopt;
  return pause;
}

void Retries::State::wait(std::uint64_t id, Duration pause, void (State::*then)(std::uint64_t)) {
  const auto sending = find(id);
  sending->timer = std::make_unique<UvTimer>(loop, [weak = weak_from_this(), id, then] {
    if (const auto self = weak.lock()) (self.get()->*then)(id);
  });
  sending->timer->arm(pause);
}

void Retries::State::finish(std::uint64_t id) {
  const auto sending = find(id);
  sendings.erase(id);
  sending->done(std::move(sending->ended));
}

Retries::Retries(UvLoop& loop, Client& client, std::uint64_t seed, std::uint64_t budget_max)
    : state_(std::make_shared<State>(loop, client, seed, budget_max)) {}

Retries::~Retries() {
  drop_all();
}

void Retries::drop_all() {
  // Elsewhere somebody may hold the state for as long as a call takes.
  const auto unended = std::exchange(state_->sendings, {});
}

void Retries::send(Prepare prepare, Judge is_worth_repeating, RetryPolicy policy,
                   Client::Done done) {
  auto sending = std::make_shared<State::Sending>();
  sending->prepare = std::move(prepare);
  sending->is_worth_repeating = std::move(is_worth_repeating);
  sending->policy = policy;
  sending->done = std::move(done);
  sending->began = state_->clock.now();
  const std::uint64_t id = state_->next_id++;
  state_->sendings.emplace(id, std::move(sending));
  const auto state = state_;
  state->prepare(id);
}

std::uint64_t Retries::repeated() const {
  return state_->repeated;
}

std::uint64_t Retries::budget_left() const {
  return state_->budget;
}

bool is_transient(const Result<Response>& ended) {
  if (!ended) {
    const ErrorCode code = ended.error().code;
    return code == ErrorCode::unavailable || code == ErrorCode::timed_out ||
           code == ErrorCode::unknown_outcome;
  }
  constexpr std::array kTransient = {408, 429, 500, 502, 503, 504};
  return std::find(kTransient.begin(), kTransient.end(), ended->status) != kTransient.end();
}

}  // namespace gossamer::http
