#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

/// A machine that a source of seeds knows of, whether or not it is a seed.
struct Sighting {
  /// `gone` is the source's word that it will never run again: no guess, no absence.
  enum class State : std::uint8_t { starting, running, stopping, gone };

  std::string machine{};  ///< The source's own name for it, such as `i-0123456789abcdef0`.
  std::optional<Endpoint> endpoint{};  ///< Empty: none could be told; see left_out.
  std::string zone{};                  ///< Availability zone; empty: not said.
  State state = State::running;
  std::string left_out{};  ///< Why it is no seed, for a person; empty: it is one.
};

/// Finds addresses of nodes that might be in the cluster. Implement this to teach a node about your
/// own inventory.
///
/// Answers are hints: stale, duplicate and unreachable addresses are all fine.
/// **Threads**: called on the loop thread. Must not block; answer later if you must.
class Discovery {
 public:
  virtual ~Discovery() = default;

  /// For logs and `gossamer seeds`, e.g. `static:10.0.0.1:7946`. Outlives no longer than *this.
  virtual std::string_view name() const noexcept = 0;

  using Found = UniqueFunction<void(Result<std::vector<Endpoint>>)>;

  /// Calls `found` exactly once, on the loop thread, possibly before returning; not after *this is
  /// destroyed.
  virtual void find_peers(Found found) = 0;

  /// What was wrong with the latest answer although it was one, e.g. a bad line among good ones.
  virtual std::optional<Error> problem() const { return std::nullopt; }

  /// How often asking is welcome. A node asks for ever, at most this often.
  struct Pace {
    /// The first time, somewhere within this; and not at all until `interval` has passed if the
    /// node has company by then. For sources that a whole fleet asks at once when it boots.
    std::chrono::milliseconds first_within{0};
    std::chrono::milliseconds interval{30'000};
    std::chrono::milliseconds interval_unfound{5'000};  ///< While this source finds nothing.
    friend bool operator==(const Pace&, const Pace&) = default;
  };
  virtual Pace pace() const { return {}; }

  /// Every machine of the latest answer, for sources that list all that there are: what is missing
  /// in it, or gone, is compared with the view of the cluster. Empty: this source is no such
  /// witness.
  virtual std::vector<Sighting> sightings() const { return {}; }
};

}  // namespace gossamer
