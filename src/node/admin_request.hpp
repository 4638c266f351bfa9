#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "gossamer/service_spec.hpp"

namespace gossamer::node {

/// What a line of the admin socket asks for. Which fields count depends on `request`.
struct AdminRequest {
  std::string request{};     ///< `members`, `deploy` and so on: one of those that there are.
  std::string name{};        ///< resolve, watch
  UnitId unit{};             ///< freeze; undeploy: its service
  ServiceSpec spec{};        ///< deploy
  std::string key{};         ///< keys_add: its 32 bytes
  std::uint32_t key_id = 0;  ///< keys_use, keys_remove
};

/// What a request may consist of, in all its objects. None that there is comes near.
inline constexpr std::size_t kAdminKeysMax = 64;
inline constexpr int kAdminNestingMax = 8;

/// Reads one JSON object. The server bounds the line (admin::ServerLimits); what is beyond the
/// bounds above is refused before it is kept. Errors: invalid_argument, resource_exhausted.
Result<AdminRequest> parse_admin_request(std::string_view line);

}  // namespace gossamer::node
