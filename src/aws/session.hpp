#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "aws/credentials.hpp"
#include "aws/environment.hpp"
#include "aws/instance_metadata.hpp"
#include "gossamer/aws_options.hpp"
#include "http/client.hpp"
#include "ports/workers.hpp"
#include "transport/uv_loop.hpp"

namespace gossamer::aws {

/// What a node has of AWS: one HTTP client, one chain of credentials, the machine's metadata. Made
/// when first asked for, so that a node without the cloud costs nothing.
///
/// **Threads**: the loop thread only. **Lifetime**: `loop` and `workers` outlive it; it outlives
/// all who use it.
class Session {
 public:
  /// What `environment` says of AWS is read when a part is made.
  Session(UvLoop& loop, Workers& workers, AwsOptions options, std::uint64_t seed,
          Environment environment = process_environment());
  ~Session();

  /// Errors: of all three, cancelled (it is closed) and those of http::Client::open.
  Result<http::Client*> client();
  /// Errors: invalid_argument (the endpoint) too.
  Result<InstanceMetadata*> metadata();
  Result<CredentialsChain*> credentials();

  /// The region that `stated` names; else that of the options, the environment, the profile, and at
  /// last of the instance metadata. Errors: invalid_argument, which lists where it looked.
  void find_region(std::string stated, UniqueFunction<void(Result<std::string>)> done);

  /// The endpoint of a service such as `s3` where one is set: what `stated` says, else
  /// AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, and the profile. Empty: none is, so the region decides.
  /// Errors: those of the profile's files; invalid_argument, which names the variable or the line
  /// that holds no endpoint.
  void find_endpoint(std::string service, std::string stated,
                     UniqueFunction<void(Result<std::string>)> done);

  /// What the HTTP client has done; nothing while none was needed.
  std::optional<http::ClientCounters> counters() const;

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
