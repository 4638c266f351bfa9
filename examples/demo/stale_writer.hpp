#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "story.hpp"

namespace gossamer::demo {

/// A client that holds a connection to an owner that is about to be stopped, and writes into it
/// while it stands still: when it wakes up, it has something to do that it must not succeed in.
class StaleWriter {
 public:
  /// Connects while the owner still runs.
  static Result<StaleWriter> connect(const Endpoint& owner, std::string client);
  StaleWriter(StaleWriter&& other) noexcept;
  StaleWriter& operator=(StaleWriter&&) = delete;
  ~StaleWriter();

  /// Leaves `count` frozen writes in the socket of the owner. Requires that it is stopped.
  void write(std::uint64_t count);

  struct Outcome {
    std::uint64_t refused = 0;       ///< Answered with an error, or not at all: it hung up.
    std::uint64_t acknowledged = 0;  ///< By an owner that had been replaced before they were sent.
  };
  Outcome collect(Milliseconds patience);

 private:
  StaleWriter(int socket, std::string client) : socket_(socket), client_(std::move(client)) {}

  int socket_ = -1;
  std::string client_;
  std::uint64_t written_ = 0;
};

}  // namespace gossamer::demo
