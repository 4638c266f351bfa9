#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/secret.hpp"
#include "aws/wall_clock.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer::aws {

struct Credentials {
  std::string access_key_id{};
  Secret secret_access_key{};
  Secret session_token{};             ///< Empty: none.
  std::optional<WallTime> expires{};  ///< Empty: never.
};

/// What AWS never gives, and no header can carry: a line end from a file or a shell, most often.
bool has_control_characters(std::string_view text);

/// Where credentials come from. **Threads**: the loop thread only.
class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;
  /// Nothing: this source is not configured here, so the next is asked. Error: it is configured and
  /// does not work. **Not** a secret in any error.
  using Found = UniqueFunction<void(Result<std::optional<Credentials>>)>;
  /// For messages: `environment`, `profile 'x'`, `instance role`.
  virtual std::string_view name() const noexcept = 0;
  /// Once, at once or later on the loop; not after *this is destroyed.
  virtual void find(Found found) = 0;
  /// Why find gave nothing, for messages: `AWS_ACCESS_KEY_ID is not set`.
  virtual std::string why_nothing() const { return "not configured"; }
  /// How old an answer that never expires may grow before the source is asked again, because what
  /// it reads may have been changed. Nothing: it cannot change.
  virtual std::optional<std::chrono::seconds> recheck_after() const { return std::nullopt; }
};

/// Asks sources in turn, keeps what the first gave, and has new ones before the old expire:
/// from five minutes before the end it asks while the old still serve, and nobody waits; in the
/// last minute, or when the old are refused, callers wait for new ones. Credentials that live for
/// less than that are renewed when two thirds of their life are over. While they cannot be renewed
/// the old serve until they expire. One renewal runs at a time; at most 10,000 callers wait for it.
///
/// What a source gives although it is expired by this machine's clock serves for a minute: the
/// clock may be wrong, and the service judges.
///
/// **Threads**: the loop thread only. **Lifetime**: no `done` runs once it is destroyed.
class CredentialsChain {
 public:
  using Done = UniqueFunction<void(Result<Credentials>)>;

  CredentialsChain(std::vector<std::unique_ptr<CredentialsSource>> sources, WallClock clock);
  ~CredentialsChain();

  /// At once if they are at hand; else later, on the loop. Errors: permission_denied (no source has
  /// any: all are named, and why), resource_exhausted (too many callers wait), and those of the
  /// source that failed.
  void get(Done done);
  /// A service said that this key is expired or unknown: the next get asks anew.
  void refused(const std::string& access_key_id);
  /// Which source gave the present ones; empty if none did.
  std::string_view source() const noexcept;
  /// No answer follows. Idempotent.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gossamer::aws
