#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/result.hpp"

namespace gossamer {

/// A machine of the fake cloud.
struct FakeInstance {
  std::string id{};  ///< Empty: made up, `i-` and 17 hex digits.
  /// pending, running, shutting-down, terminated, stopping or stopped.
  std::string state{"running"};
  std::string private_v4{}, public_v4{}, ipv6{};
  std::string zone{"us-east-1a"}, vpc{"vpc-1"}, instance_type{"t3.small"};
  std::map<std::string, std::string> tags{};
};

/// Something that goes wrong, for requests that it fits.
struct FakeFault {
  enum class Kind : std::uint8_t {
    status,                ///< Answer `status` with `code`, do nothing.
    status_after_success,  ///< Do it, then answer `status` with `code`: the error that succeeded.
    late,                  ///< Answer 500 at once, and do it `delay` later.
    hang,                  ///< Never answer (until the client gives up).
    hang_after_success,    ///< Do it, never answer.
    reset,                 ///< Close the connection instead of answering.
    torn,                  ///< Send half of the body, then close.
    slow,                  ///< Wait `delay` before the answer, and between pieces of its body.
    skewed_clock,   ///< The service's clock is `delay` ahead of the machine's: its Date header says
                    ///< so, and signatures are judged by it.
    expired_token,  ///< 400 ExpiredToken; of EC2 RequestExpired.
    empty_page,     ///< A list or DescribeInstances page without entries, and with a next token.
    unconditional,  ///< A put's conditions are not looked at: it overwrites.
  };
  Kind kind{};
  std::string service{};    ///< s3, ec2, imds; empty: any.
  std::string operation{};  ///< PutObject, GetObject, DescribeInstances, ...; empty: any.
  /// Of the object's key, or of the metadata path: `latest/meta-data/spot`.
  std::string key_prefix{};
  int status = 503;
  std::string code{"SlowDown"};
  std::chrono::milliseconds delay{0};
  std::uint32_t percent = 100;  ///< Of the fitting requests, drawn from the cloud's seed.
  std::uint64_t times = 0;      ///< Then it is over; 0: for ever.
};

/// EC2's DescribeInstances, IMDSv2 and a subset of S3 on one loopback port, for tests without a
/// cloud: signatures are verified, conditional writes are honoured, and faults are to be had on
/// demand.
///
/// S3: path and virtual-host style; GET (ranges, If-Match), HEAD, PUT (`If-None-Match: *`,
/// checksums), DELETE, ListObjectsV2, multipart; presigned URLs. EC2: all filters that gossamer
/// sends, pages. IMDS: every instance has its own endpoint, see metadata_endpoint(). STS:
/// AssumeRoleWithWebIdentity.
/// `/_control/..` takes instances and faults as JSON, from whoever reaches the port: see
/// `gossamer-fakecloud --help`.
/// Buckets exist when first used, and until they are deleted. Everything is kept in memory: at most
/// `bytes_max` of objects.
///
/// **Threads**: every member function may be called from any thread; it serves on threads of its
/// own.
class FakeCloud {
 public:
  struct Options {
    std::uint16_t port = 0;  ///< 0 picks a free one. It listens on 127.0.0.1 alone.
    std::string access_key_id{"AKFAKE"};
    std::string secret_access_key{"FAKESECRETFAKESECRET"};
    std::string region{"us-east-1"};
    std::uint64_t seed = 1;
    std::uint64_t bytes_max = 2ULL << 30;
    /// What temporary credentials (IMDS roles, containers, STS) live for.
    std::chrono::seconds credentials_life{3'600};
    std::size_t page_max = 1'000;  ///< Most instances or keys in a page, whatever is asked for.
  };
  /// Errors: io (the port), invalid_argument (a key, secret, region or page_max that is none).
  static Result<std::unique_ptr<FakeCloud>> start(Options options);
  ~FakeCloud();

  /// `http://127.0.0.1:PORT`: S3, EC2 and STS.
  std::string endpoint() const;
  /// The IMDS endpoint that the machine `id` would see: `http://127.0.0.1:PORT/imds/ID`.
  std::string metadata_endpoint(const std::string& id) const;
  /// `http://127.0.0.1:PORT/container-credentials`.
  std::string container_endpoint() const;

  /// Gives its id. One that is known already is replaced.
  std::string add_instance(FakeInstance instance);
  void set_state(const std::string& id, const std::string& state);
  void set_tag(const std::string& id, const std::string& key, const std::string& value);
  /// As `spot/instance-action` tells it: `terminate`, `stop` or `hibernate`; or `rebalance`.
  void give_notice(const std::string& id, const std::string& action, std::chrono::seconds in);

  /// In order: the first that fits strikes. Gives a number to take it back by.
  std::uint64_t add_fault(FakeFault fault);
  void remove_fault(std::uint64_t number);
  void clear_faults();
  /// All temporary credentials given out so far are expired from now on.
  void expire_credentials();

  /// Requests so far by `service.Operation`, and `service.Operation.STATUS`.
  std::map<std::string, std::uint64_t> counters() const;
  void reset_counters();

  /// Nothing more is answered; connections are closed, and what was to land late is dropped.
  /// Idempotent.
  void stop();

 private:
  struct State;
  explicit FakeCloud(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace gossamer
