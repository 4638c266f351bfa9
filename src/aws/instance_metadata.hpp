#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "aws/wall_clock.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"
#include "http/client.hpp"

namespace gossamer::aws {

/// What a machine knows of itself. Empty: not said.
struct InstanceIdentity {
  std::string instance_id{}, region{}, zone{}, account{}, instance_type{};
  std::string private_v4{}, public_v4{}, private_v6{};
};

/// The termination that a machine was told of.
struct TerminationNotice {
  enum class Kind : std::uint8_t { spot_terminate, spot_stop, spot_hibernate, rebalance };
  Kind kind{};
  std::optional<WallTime> at{};
};

/// The instance metadata service, version 2 only: every request carries a session token.
///
/// Answers of a machine that is not in EC2 come from nowhere, so it gives up soon: 1 s to connect,
/// 2 attempts. Never through a proxy.
/// Source: "Use IMDSv2", Amazon EC2 User Guide.
/// **Threads**: the loop thread only. **Lifetime**: `client` outlives it; no answer comes once it
/// is destroyed.
class InstanceMetadata {
 public:
  struct Options {
    std::string endpoint{"http://169.254.169.254"};
    bool is_disabled = false;  ///< AWS_EC2_METADATA_DISABLED: every answer is unavailable, at once.
    std::chrono::seconds token_life{21'600};
  };
  template <class T>
  using Done = UniqueFunction<void(Result<T>)>;

  InstanceMetadata(UvLoop& loop, http::Client& client, Options options);
  ~InstanceMetadata();

  /// The text below `/latest/`, such as `meta-data/instance-id`. Errors: not_found (404),
  /// unavailable and permission_denied, which name the hop limit (a container's second hop).
  void get(std::string path, Done<std::string> done);
  /// Asked once, then remembered.
  void identity(Done<InstanceIdentity> done);
  /// Of `meta-data/tags/instance`; empty where the instance does not offer them.
  void tags(Done<std::map<std::string, std::string>> done);
  /// Asks `spot/instance-action` and `events/recommendations/rebalance`. Nothing: no notice.
  void notice(Done<std::optional<TerminationNotice>> done);
  /// No answer follows. Idempotent.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gossamer::aws
