#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol.hpp"

namespace gossamer::ledger {

/// Writes to the ledger wherever it runs: asks any node for the owner by name, and tries again,
/// under the same request id, until the owner has acknowledged. Blocks.
///
/// **Threads**: one at a time.
class LedgerClient {
 public:
  using Milliseconds = std::chrono::milliseconds;

  struct Options {
    std::vector<std::string> admin_sockets{};  ///< Of nodes; any that answers will do.
    std::string service = "ledger";
    std::string client{};  ///< Its name in request ids: nobody else's.
    Milliseconds reply_timeout{1'000};
  };
  explicit LedgerClient(Options options) : options_(std::move(options)) {}
  ~LedgerClient() { disconnect(); }
  LedgerClient(const LedgerClient&) = delete;
  LedgerClient& operator=(const LedgerClient&) = delete;

  /// Each is a write of its own. Errors: timed_out (it may have happened), invalid_argument.
  Result<Reply> add(std::string key, std::int64_t delta, Durability durability,
                    Milliseconds timeout);
  Result<Reply> put(std::string key, std::string value, Durability durability,
                    Milliseconds timeout);
  Result<Reply> get(std::string key, Milliseconds timeout);
  Result<Reply> sum(std::string prefix, Milliseconds timeout);

  /// Of the owner that answered last, and how often something had to be tried again.
  Epoch epoch() const { return epoch_; }
  std::uint64_t retries() const { return retries_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  Result<Reply> call(const Request& request, Milliseconds timeout);
  Result<Reply> try_once(const std::string& line, Time deadline);
  Result<void> connect_to_owner(Time deadline);
  Result<std::string> read_line(Time deadline);
  void disconnect();

  Options options_;
  std::uint64_t next_number_ = 1;
  std::size_t next_socket_ = 0;
  int connection_ = -1;
  std::string input_{};
  Epoch epoch_ = 0;
  std::uint64_t retries_ = 0;
};

/// A connected TCP socket. Errors: unavailable, timed_out.
Result<int> connect_tcp(const Endpoint& endpoint, std::chrono::milliseconds timeout);

}  // namespace gossamer::ledger
