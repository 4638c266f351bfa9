#include "gossamer/error.hpp"

namespace gossamer {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::already_exists: return "already_exists";
    case ErrorCode::timed_out: return "timed_out";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::resource_exhausted: return "resource_exhausted";
    case ErrorCode::version_mismatch: return "version_mismatch";
    case ErrorCode::permission_denied: return "permission_denied";
    case ErrorCode::corrupted: return "corrupted";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::io: return "io";
    case ErrorCode::fenced: return "fenced";
    case ErrorCode::unknown_outcome: return "unknown_outcome";
  }
  return "unknown";
}

}  // namespace gossamer
