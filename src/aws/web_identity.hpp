#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aws/credentials.hpp"
#include "aws/environment.hpp"
#include "http/retries.hpp"
#include "ports/workers.hpp"

namespace gossamer::aws {

/// A role that is had for a token of somebody whom AWS trusts, such as a Kubernetes cluster.
struct WebIdentityRole {
  std::string role_arn{};
  std::string session_name{};  ///< Empty: `gossamer`.
  std::string token_file{};
  std::string region{};  ///< Of the STS to ask; empty: the global one.
};

/// Asks the Security Token Service for a role's credentials: AssumeRoleWithWebIdentity, which needs
/// no signature. The token goes in the body, never in a URL, and its file is read anew each time.
///
/// **Threads**: the loop thread only. **Lifetime**: all outlive it; no answer comes once it is
/// destroyed.
/// Source: "AssumeRoleWithWebIdentity", AWS Security Token Service API Reference.
class WebIdentity {
 public:
  /// `endpoint` empty: the region's.
  WebIdentity(UvLoop& loop, Workers& workers, http::Client& client, std::string endpoint,
              std::uint64_t seed);
  ~WebIdentity();

  /// Errors: invalid_argument, not_found (the token's file), permission_denied, unavailable,
  /// corrupted. They hold STS's own code and words.
  void assume(WebIdentityRole role, UniqueFunction<void(Result<Credentials>)> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME. `region` is that of the
/// STS.
std::unique_ptr<CredentialsSource> make_web_identity_credentials(
    std::shared_ptr<WebIdentity> service, const Environment& environment, std::string region);

/// What STS answered. `token` is taken out of any words of STS that hold it.
Result<Credentials> parse_assumed_role(const http::Response& response, std::string_view token);

}  // namespace gossamer::aws
