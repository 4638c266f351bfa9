#pragma once

#include <cstdint>
#include <string>

#include "gossamer/ids.hpp"
#include "gossamer/service_spec.hpp"

namespace gossamer::ownership {

/// "specs/SERVICE has this version": go and read it. Decides nothing.
struct SpecAnnouncement {
  std::string service{};
  std::uint64_t version = 0;
  friend bool operator==(const SpecAnnouncement&, const SpecAnnouncement&) = default;
};

/// "I hold the claim of this epoch." Made only after the claim was confirmed and nothing lay above.
struct ClaimAnnouncement {
  UnitId unit{};
  Epoch epoch = 0;
  NodeId owner{};
  std::uint64_t slot = 0;
  friend bool operator==(const ClaimAnnouncement&, const ClaimAnnouncement&) = default;
};

/// A version of a spec, as read from the object store.
struct SpecVersion {
  ServiceSpec spec{};
  std::uint64_t version = 0;
  bool is_undeploy = false;
};

}  // namespace gossamer::ownership
