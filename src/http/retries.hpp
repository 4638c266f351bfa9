#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/random.hpp"
#include "http/client.hpp"

namespace gossamer::http {

/// How often, and how far apart. Pauses are drawn from [0, min(pause_max, pause * 2^n)] ("full
/// jitter": Brooker, AWS architecture blog 2015), and are no shorter than the server's Retry-After,
/// of which no more than 2 * pause_max is believed.
struct RetryPolicy {
  unsigned attempts_max = 4;
  std::chrono::milliseconds pause{50};
  std::chrono::milliseconds pause_max{5'000};
  std::chrono::milliseconds whole{60'000};  ///< No attempt begins later than this after the first.
};

/// Repeats requests that may be repeated, within a budget that all of one server's requests share:
/// when most fail, repeating them all would only feed the fire.
///
/// The budget is a bucket of tokens: a repetition costs 5, an answer returns 1. An attempt that got
/// somewhere before it broke does not count among attempts_max, and is repeated for nothing (up to
/// 64 times a request), after no more than the first pause.
///
/// **Threads**: the loop thread only. **Lifetime**: `client` and `loop` outlive it; no `done` runs
/// once it is destroyed.
class Retries {
 public:
  using Ready = UniqueFunction<void(Result<Request>)>;
  /// Makes the request of each attempt anew, since signatures age. Attempts count from 1. May
  /// answer at once or later, once; an error ends it all.
  using Prepare = UniqueFunction<void(unsigned attempt, Ready ready)>;
  /// Whether an attempt's end is worth trying again. If not, it is the answer.
  struct Verdict {
    Verdict(bool worth_repeating)
        : is_worth_repeating(worth_repeating) {}  // NOLINT: most say yes or no
    /// Worth it, and the next attempt goes on where this one broke: a get that has received bytes.
    static Verdict moved_on() {
      Verdict verdict{true};
      verdict.has_moved_on = true;
      return verdict;
    }
    bool is_worth_repeating;
    bool has_moved_on = false;
  };
  using Judge = UniqueFunction<Verdict(const Result<Response>& ended)>;

  Retries(UvLoop& loop, Client& client, std::uint64_t seed, std::uint64_t budget_max = 500);
  ~Retries();

  /// `done` gets the last attempt's end: once, on the loop, never from inside the call.
  void send(Prepare prepare, Judge is_worth_repeating, RetryPolicy policy, Client::Done done);

  /// Ends all that is under way, pauses too. No answer follows.
  void drop_all();

  std::uint64_t repeated() const;
  std::uint64_t budget_left() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// True of what a repetition may cure whatever the service: no connection, timeouts, broken
/// connections, and 408, 429, 500, 502, 503, 504.
bool is_transient(const Result<Response>& ended);

}  // namespace gossamer::http
