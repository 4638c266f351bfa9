#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "aws/credentials.hpp"
#include "aws/instance_metadata.hpp"
#include "aws/signed_client.hpp"
#include "gossamer/aws_options.hpp"
#include "http/client.hpp"

namespace gossamer::aws {

/// What a node has of AWS: one HTTP client, one chain of credentials, the machine's metadata. Made
/// when first asked for, so that a node without the cloud costs nothing.
///
/// **Threads**: the loop thread only. **Lifetime**: `loop` and `workers` outlive it; it outlives all
/// who use it.
class Session {
 public:
  Session(UvLoop& loop, Workers& workers, AwsOptions options, std::uint64_t seed);
  ~Session();

  Result<http::Client*> client();
  Result<InstanceMetadata*> metadata();
  Result<CredentialsChain*> credentials();

  /// The region that `stated` names; else that of the options, the environment, the profile, and at
  /// last of the instance metadata. Errors: invalid_argument, which lists where it looked.
  void find_region(std::string stated, UniqueFunction<void(Result<std::string>)> done);

  UvLoop& loop();
  Workers& workers();
  /// A seed for one more part.
  std::uint64_t next_seed();
  /// Ends all requests. No answer follows. Idempotent.
  void close();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gossamer::aws
