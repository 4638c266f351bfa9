#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gossamer/events.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/ports/discovery.hpp"

namespace gossamer {

/// Compares what sources of seeds list with what the cluster believes. Pure: it has no clock, and
/// counts time in answers.
///
/// Members and machines are matched by endpoint. A machine that has gone may have lost its address
/// in the list; then the one that it had in an earlier answer counts, unless another has it now.
/// **Threads**: none. Bounded: kMachinesMax of each source, kToldMax differences for each answer.
class Witness {
 public:
  struct Findings {
    /// What is new in this answer. Each is told once, and again only after it had ended.
    std::vector<DiscoveryDifference> differences{};
    /// Members' addresses whose machines are gone, by this source's word; told in every answer.
    std::vector<Endpoint> gone{};
  };

  explicit Witness(NodeId self) : self_(self) {}

  /// A good answer of `source`. An empty one says nothing: no source lists an empty world.
  /// `seeds`: what all sources together list, this one too. A member at one of them is known.
  Findings compare(const std::string& source, const std::vector<Sighting>& sightings,
                   const std::vector<Endpoint>& seeds, const MemberView& members);

  static constexpr std::size_t kMachinesMax = 16'384;
  static constexpr std::size_t kToldMax = 64;  ///< What is beyond is told with later answers.

 private:
  using Kind = DiscoveryDifference::Kind;
  struct Difference {
    std::string machine{};
    Endpoint endpoint{};
    friend auto operator<=>(const Difference&, const Difference&) = default;
  };
  using Named = std::pair<Kind, Difference>;
  struct Source {
    std::map<std::string, Endpoint> addresses{};  ///< Where each machine was last seen.
    std::map<Named, bool> held{};                 ///< As of the last answer; whether told.
  };
  struct Census;
  struct Comparison;
  static Census count(const MemberView& members);
  static void remember_addresses(Source& source, const std::vector<Sighting>& sightings);
  static void compare_machines(const Source& source, const std::vector<Sighting>& sightings,
                               const Census& census, Comparison& comparison);
  static std::vector<DiscoveryDifference> tell_new(const std::string& name, Source& source,
                                                   const Comparison& comparison);

  NodeId self_;
  std::map<std::string, Source> sources_{};
};

}  // namespace gossamer
