#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "aws/credentials.hpp"
#include "aws/service_error.hpp"
#include "aws/signature_v4.hpp"
#include "http/retries.hpp"

namespace gossamer::aws {

/// One call of a service, to be signed at each attempt.
struct Call {
  std::string method{"GET"};
  std::string host_prefix{};  ///< `bucket.` before the endpoint's host (virtual-host style).
  std::string path{"/"};      ///< Not encoded.
  Query query{};
  http::Headers headers{};
  std::shared_ptr<ByteSource> body{};
  std::string payload_sha256{};  ///< Of the body; empty: of nothing.
  std::shared_ptr<ByteSink> sink{};
  std::function<void(int status, const http::Headers& headers)> on_head{};  ///< As http::Request's.
  std::size_t body_bytes_max = 1024 * 1024;
  http::Timeouts timeouts{};
};

/// Signs and sends calls to one service in one region. It gets credentials, repeats what may be
/// repeated, has the clock's error from a refusal (`RequestTimeTooSkewed` and its like carry the
/// server's Date) and signs by the corrected clock, and asks for new credentials when the old are
/// said to have expired. A Date more than 24 hours from this machine's clock is not believed, and
/// the error's message says so. A message that quotes a secret or the signature is left out.
///
/// **Threads**: the loop thread only. **Lifetime**: all that it is given outlives it; no `done`
/// runs once it is destroyed.
class SignedClient {
 public:
  struct Options {
    std::string endpoint{};  ///< `https://host[:port]`.
    std::string region{};
    std::string service{};  ///< `s3` or `ec2`.
    WallClock clock = &system_wall_time;
  };
  SignedClient(UvLoop& loop, http::Client& client, CredentialsChain& credentials, Options options,
               std::uint64_t seed);
  ~SignedClient();

  /// `done` gets the last answer, whatever its status, or why there is none. A refusal for skew or
  /// expired credentials is repeated once each beside the policy's attempts. With attempts_max 1
  /// nothing else is.
  void send(Call call, http::RetryPolicy policy, http::Client::Done done);
  /// The same, for who says otherwise what is worth repeating, or whose repetitions differ: a get
  /// goes on where it broke. `make` makes the call of each attempt, and runs on the loop, now or
  /// later.
  using Make = UniqueFunction<Call()>;
  void send(Make make, http::Retries::Judge is_worth_repeating, http::RetryPolicy policy,
            http::Client::Done done);
  /// A URL of `call` for somebody without credentials. Errors: those of the chain.
  void presign(Call call, std::chrono::seconds expires,
               UniqueFunction<void(Result<std::string>)> done);

  /// By how much this machine's clock was found to be behind the service's.
  std::chrono::seconds clock_error() const;
  const Options& options() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gossamer::aws
