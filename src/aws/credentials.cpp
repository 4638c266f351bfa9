#include "aws/credentials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace gossamer::aws {
namespace {

using std::chrono::seconds;

constexpr std::size_t kWaitersMax = 10'000;
// How long before their end new ones are asked for, and are waited for.
constexpr seconds kAdvisory{300};
constexpr seconds kMandatory{60};
constexpr seconds kMandatoryMin{2};
constexpr seconds kPauseMin{1};
constexpr seconds kPauseMax{60};
// What is given although our clock calls it expired.
constexpr seconds kDoubtfulLife{60};

/// Credentials that were found, and what time makes of them.
struct Held {
  Credentials credentials{};
  std::size_t source = 0;
  WallTime found_at{};
  std::optional<WallTime> expires{};
  std::optional<WallTime> renew_at{};  ///< Asked for from then on, while these serve.
  std::optional<WallTime> wait_at{};   ///< Waited for from then on.

  bool serves(WallTime now) const { return !expires || now < *expires; }
};

Held hold(Credentials credentials, std::size_t source, std::optional<seconds> recheck_after,
          WallTime now) {
  Held held;
  held.credentials = std::move(credentials);
  held.source = source;
  held.found_at = now;
  if (!held.credentials.expires) {
    if (recheck_after) held.renew_at = now + *recheck_after;
    return held;
  }
  held.expires = held.credentials.expires;
  if (*held.expires <= now) held.expires = now + kDoubtfulLife;
  const seconds life = *held.expires - now;
  held.renew_at = *held.expires - std::min(kAdvisory, life / 3);
  held.wait_at = *held.expires - std::clamp(life / 12, kMandatoryMin, kMandatory);
  // A life of a second or two has no room for a wait before its end.
  held.wait_at = std::max(*held.wait_at, *held.renew_at);
  return held;
}

}  // namespace

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

struct CredentialsChain::State : std::enable_shared_from_this<State> {
  std::vector<std::unique_ptr<CredentialsSource>> sources{};
  WallClock clock{};
  std::optional<Held> held{};
  bool is_refused = false;
  std::string refused_key{};
  bool is_asking = false;
  bool is_closed = false;
  std::vector<std::string> reasons{};  // Of this round: what each source had to say.
  std::optional<Error> problem{};      // Of the last round that failed.
  std::optional<WallTime> asks_again_at{};
  std::deque<Done> waiters{};

  bool may_ask(WallTime now) const {
    // A pause that seems longer than any we make is one of a clock that was set back.
    return !is_asking &&
           (!asks_again_at || now >= *asks_again_at || *asks_again_at > now + kPauseMax);
  }
  bool is_at_hand(WallTime now) const { return held && !is_refused && held->serves(now); }
  bool is_due(WallTime now) const { return held->renew_at && now >= *held->renew_at; }
  bool must_wait(WallTime now) const { return held->wait_at && now >= *held->wait_at; }

  void get(Done done);
  void wait(Done done);
  void ask();
  void ask_source(std::size_t index);
  void on_found(std::size_t index, Result<std::optional<Credentials>> found);
  void adopt(std::size_t index, Credentials credentials);
  void give_up(ErrorCode code, std::string_view last);
  void answer_waiters();
};

void CredentialsChain::State::get(Done done) {
  const WallTime now = clock();
  if (is_at_hand(now) && is_due(now)) {
    const bool is_worth_waiting = must_wait(now) && (is_asking || may_ask(now));
    if (is_worth_waiting) {
      wait(std::move(done));
      return;
    }
    // Others ask meanwhile. A source that answers at once has answered when this returns.
    if (may_ask(now)) ask();
    if (is_closed) return;
  }
  if (is_at_hand(now)) {
    done(held->credentials);
    return;
  }
  if (!is_asking && !may_ask(now) && problem) {
    done(tl::unexpected<Error>(*problem));
    return;
  }
  wait(std::move(done));
}

void CredentialsChain::State::wait(Done done) {
  if (waiters.size() >= kWaitersMax) {
    done(
        fail(ErrorCode::resource_exhausted,
             fmt::format("{} requests wait for AWS credentials already; the source does not answer",
                         kWaitersMax)));
    return;
  }
  waiters.push_back(std::move(done));
  if (!is_asking) ask();
}

void CredentialsChain::State::ask() {
  is_asking = true;
  reasons.clear();
  ask_source(0);
}

void CredentialsChain::State::ask_source(std::size_t index) {
  if (index == sources.size()) {
    give_up(ErrorCode::permission_denied, {});
    return;
  }
  sources[index]->find([weak = weak_from_this(), index](Result<std::optional<Credentials>> found) {
    const auto state = weak.lock();
    if (state == nullptr || state->is_closed) return;
    state->on_found(index, std::move(found));
  });
}

void CredentialsChain::State::on_found(std::size_t index,
                                       Result<std::optional<Credentials>> found) {
  const CredentialsSource& source = *sources[index];
  if (!found) {
    give_up(found.error().code, fmt::format("{}: {}", source.name(), found.error().detail));
  } else if (*found) {
    adopt(index, std::move(**found));
  } else {
    reasons.push_back(fmt::format("{}: {}", source.name(), source.why_nothing()));
    ask_source(index + 1);
  }
}

void CredentialsChain::State::adopt(std::size_t index, Credentials credentials) {
  is_asking = false;
  is_refused = false;
  problem.reset();
  asks_again_at.reset();
  held = hold(std::move(credentials), index, sources[index]->recheck_after(), clock());
  answer_waiters();
}

void CredentialsChain::State::give_up(ErrorCode code, std::string_view last) {
  const WallTime now = clock();
  is_asking = false;
  std::string detail = "no AWS credentials: ";
  for (const std::string& reason : reasons) detail.append(reason).append("; ");
  if (last.empty() && !reasons.empty()) detail.resize(detail.size() - 2);
  if (last.empty() && reasons.empty()) detail.append("there is no source of them");
  detail.append(last);
  problem = Error{code, std::move(detail)};
  seconds pause = kPauseMin;
  if (held && !is_refused && held->serves(now)) {
    pause =
        held->expires ? std::clamp((*held->expires - now) / 4, kPauseMin, kPauseMax) : kPauseMax;
  }
  asks_again_at = now + pause;
  answer_waiters();
}

void CredentialsChain::State::answer_waiters() {
  const WallTime now = clock();
  Result<Credentials> answer;
  if (is_at_hand(now)) {
    answer = held->credentials;
  } else if (problem) {
    answer = tl::unexpected<Error>(*problem);
  } else {
    answer = fail(ErrorCode::unavailable, "the AWS credentials expired while they were found");
  }
  // Who comes from inside an answer is answered in a later round.
  std::deque<Done> told = std::exchange(waiters, {});
  for (Done& done : told) {
    if (is_closed) return;
    done(answer);
  }
}

CredentialsChain::CredentialsChain(std::vector<std::unique_ptr<CredentialsSource>> sources,
                                   WallClock clock)
    : state_(std::make_shared<State>()) {
  state_->sources = std::move(sources);
  state_->clock = std::move(clock);
}

CredentialsChain::~CredentialsChain() {
  close();
}

void CredentialsChain::get(Done done) {
  const auto state = state_;
  if (!state->is_closed) state->get(std::move(done));
}

void CredentialsChain::refused(const std::string& access_key_id) {
  State& state = *state_;
  if (!state.held || state.held->credentials.access_key_id != access_key_id) return;
  // The source was asked this very second, and stands by the key.
  const WallTime now = state.clock();
  if (state.refused_key == access_key_id && state.held->found_at == now) return;
  state.refused_key = access_key_id;
  state.is_refused = true;
  state.asks_again_at.reset();
}

std::string_view CredentialsChain::source() const noexcept {
  return state_->held ? state_->sources[state_->held->source]->name() : std::string_view{};
}

void CredentialsChain::close() {
  state_->is_closed = true;
  state_->waiters.clear();
}

}  // namespace gossamer::aws
