#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "aws/credentials.hpp"
#include "aws/wall_clock.hpp"
#include "gossamer/bytes.hpp"
#include "http/message.hpp"

namespace gossamer::aws {

/// Name and value, neither encoded. Order does not matter; a name may come again.
using Query = std::vector<std::pair<std::string, std::string>>;

/// What is signed, as structure: nobody parses a URL to sign it, so what is signed is what is sent.
struct Signable {
  std::string method{"GET"};
  std::string host{};  ///< As the Host header has it: with the port, unless it is the scheme's own.
  std::string path{"/"};  ///< Not encoded; begins with '/'.
  Query query{};
  http::Headers
      headers{};  ///< All are signed. Host and the x-amz- ones of signing come by themselves.
  /// 64 hex digits, or kUnsignedPayload.
  std::string payload_sha256{};
};
inline constexpr const char* kUnsignedPayload = "UNSIGNED-PAYLOAD";

struct SigningScope {
  std::string region{};
  std::string service{};
  WallTime at{};
  /// S3 takes the path as it is, encoded once; all others want it normalised and encoded twice.
  bool is_s3 = false;
};

/// What goes on the wire.
struct Signed {
  std::string target{};     ///< Encoded path and query.
  http::Headers headers{};  ///< Those of the Signable, x-amz-date, x-amz-security-token,
                            ///< x-amz-content-sha256 (S3), authorization.
};

/// Signature Version 4 in the Authorization header. Source: "Signature Version 4 signing process",
/// AWS General Reference.
Signed sign(const Signable& request, const SigningScope& scope, const Credentials& credentials);

/// The same in the query, good for `expires` (1 s to 7 days): a URL to hand out. Gives the target;
/// `request.headers` must be sent with it.
std::string presign(const Signable& request, const SigningScope& scope,
                    const Credentials& credentials, std::chrono::seconds expires);

/// The steps, for tests and for servers that verify: they add nothing. Headers are those that were
/// signed; one named Host is not looked at, since `host` is it. A presigned request's query goes
/// without X-Amz-Signature.
std::string canonical_request(const Signable& request, const SigningScope& scope);
std::string string_to_sign(const std::string& canonical, const SigningScope& scope);
std::string signature_of(const std::string& string_to_sign, const SigningScope& scope,
                         std::string_view secret_access_key);

}  // namespace gossamer::aws
