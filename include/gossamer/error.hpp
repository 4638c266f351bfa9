#pragma once

#include <string>
#include <string_view>

namespace gossamer {

/// What went wrong, phrased as what the caller can do about it.
///
/// Values are stable: they appear in logs, metrics and on the wire. New codes are appended, and no
/// code is ever reused.
enum class ErrorCode : unsigned char {
  invalid_argument = 1,    ///< Fix the call. Retrying is useless.
  not_found = 2,           ///< The named thing is not known to *this* node now.
  already_exists = 3,      ///< Somebody holds it. Compare epochs before retrying.
  timed_out = 4,           ///< The deadline passed. The operation may still have happened.
  unavailable = 5,         ///< No peer, store or cloud endpoint answered. Retry with backoff.
  resource_exhausted = 6,  ///< A stated limit was hit. Nothing was queued.
  version_mismatch = 7,    ///< Peer or snapshot speaks a format that this build cannot.
  permission_denied = 8,   ///< Cluster key or credentials were refused.
  corrupted = 9,           ///< Bytes failed their check. Never retried silently.
  cancelled = 10,          ///< The node or the caller gave up first.
  io = 11,                 ///< The operating system said no. `detail` carries its words.
  fenced = 12,             ///< A newer epoch owns the unit. Stop; resolve the service again.
  unknown_outcome = 13,    ///< It may or may not have happened. Retry only what is idempotent.
};

/// The stable lower_snake_case name of `code`, for logs and metric labels.
std::string_view to_string(ErrorCode code) noexcept;

/// A failed operation: a code for the program and a sentence for the person.
///
/// The sentence says what was tried, with what, and what to do. Never parse it.
struct Error {
  ErrorCode code = ErrorCode::io;
  std::string detail{};

  /// Two errors are the same if a program would react the same.
  friend bool operator==(const Error& a, const Error& b) noexcept { return a.code == b.code; }
};

}  // namespace gossamer
