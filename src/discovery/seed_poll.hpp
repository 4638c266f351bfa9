#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/ports/discovery.hpp"
#include "gossamer/unique_function.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer {

/// Asks all sources of seeds, each at its own pace, for ever: a node that asked only once could not
/// heal a split.
///
/// **Threads**: the loop thread only.
/// **Lifetime**: `loop` outlives it. A callback may close it, but not destroy it.
class SeedPoll {
 public:
  struct Options {
    /// Of sources that state no pace of their own. Give or take a fifth; a stated pace is only ever
    /// lengthened, by up to half.
    Duration interval = std::chrono::seconds{30};
    /// While such a source finds nothing, and the node has no company.
    Duration interval_unfound = std::chrono::seconds{5};
    /// What is beyond is dropped, of the sources that list the most.
    std::size_t seeds_max = 16384;
    std::uint64_t seed = 0;  ///< For the jitter.
  };
  /// Sorted, each once: the latest good answer of every source. Called whenever answers came, even
  /// if they say the same as before, and with nothing in it if nothing was found.
  using Found = UniqueFunction<void(std::vector<Endpoint>)>;
  /// Called for every answer that failed or has a problem; it is up to the called to be brief.
  using Failed = UniqueFunction<void(std::string_view source, const Error& error)>;
  /// Called for every good answer, before Found, with all machines that the source listed; with
  /// none if it is no witness.
  using Sighted = UniqueFunction<void(std::string_view source, std::vector<Sighting> sightings)>;

  SeedPoll(UvLoop& loop, std::vector<std::unique_ptr<Discovery>> sources, const Options& options,
           Found found, Failed failed, Sighted sighted = {});

  /// Asks at once, then again and again. A source that has not answered yet is not asked again, and
  /// one whose pace has a `first_within` is asked by its own time alone.
  void ask();
  /// Whether other nodes are in view. While there are, nobody is in a hurry: sources that a whole
  /// fleet asks when it boots are first asked after an interval, or after as many seconds as the
  /// cluster has `members` if that is longer, and none is asked sooner because it finds nothing.
  /// Without a word there is no company.
  void on_company(bool has_company, std::size_t members = 0);
  /// What was wrong with the latest answer of each source, where something was.
  struct Problem {
    std::string source{};
    Error error{};
  };
  std::vector<Problem> problems() const;
  /// Idempotent. No callback follows.
  void close();

 private:
  struct Source {
    std::unique_ptr<Discovery> discovery{};
    bool is_asked = false;      // And has not answered.
    bool was_asked = false;     // Ever.
    bool is_scheduled = false;  // `due` holds.
    Instant waits_since{};      // To be asked the first time, by its own time.
    Instant due{};
    std::vector<Endpoint> endpoints{};
    std::optional<Error> problem{};  // Of the latest answer.
  };
  void on_due();
  void put_off_if_company(Source& source, Instant now);
  void ask_all_due(bool is_at_once);
  void on_answer(Source& source, Result<std::vector<Endpoint>> answer);
  std::vector<Endpoint> merge() const;
  void schedule(Source& source, Duration in);
  Duration pause_after(const Source& source);
  Duration pause(const Source& source, bool is_unfound);
  Duration first_pause(const Source& source);
  void arm();

  const Options options_;
  Found found_;
  Failed failed_;
  Sighted sighted_;
  Random random_;
  UvClock clock_;
  bool has_company_ = false;
  std::size_t members_ = 0;
  bool is_asking_ = false;
  bool is_closed_ = false;
  UvTimer timer_;
  std::vector<Source> sources_;  // Last: no answer comes once they are destroyed.
};

}  // namespace gossamer
