#pragma once

#include <string>

#include "gossamer/events.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/naming_record.hpp"
#include "gossamer/ports/discovery.hpp"
#include "gossamer/services.hpp"

// One line of JSON for each thing that a node tells, as the admin socket and `gossamer --json` give
// it. Keys are added, never renamed. Bytes that are not UTF-8 are replaced.

namespace gossamer {

/// `{"event":"members_down","members":[..]}`.
std::string to_json(const Event& event);
std::string to_json(const Member& member);
std::string to_json(const NameRecord& record);
std::string to_json(const ServiceStatus& service);
/// What `gossamer seeds` shows of a machine.
std::string to_json(const Sighting& sighting);

}  // namespace gossamer
