#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ledger_client.hpp"
#include "story.hpp"

namespace gossamer::demo {

/// Clients that add to counters of the ledger at `frozen`, as fast as they are answered, and
/// remember what was acknowledged.
class Writers {
 public:
  Writers(std::vector<std::string> admin_sockets, std::size_t count);
  ~Writers() { stop(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  /// Ends after the write that is under way has been acknowledged, or given up.
  void stop();

  /// The newest epoch that has acknowledged a write, and when it first did.
  struct Served {
    Epoch epoch = 0;
    Time since{};
  };
  Served served() const;
  std::uint64_t acknowledged() const;
  std::uint64_t retries() const { return retries_.load(); }

  /// One counter's story. Every write adds 1.
  struct Tally {
    std::string key{};
    std::uint64_t acknowledged = 0;
    std::uint64_t unknown = 0;  ///< Given up: may have happened.
  };
  std::vector<Tally> tallies() const;

 private:
  void write(std::size_t number, const std::vector<std::string>& admin_sockets);

  mutable std::mutex mutex_;
  std::vector<Tally> tallies_;  // Guarded by mutex_.
  Served served_{};             // Guarded by mutex_.
  std::atomic<bool> is_stopped_{false};
  std::atomic<std::uint64_t> retries_{0};
  std::vector<std::thread> threads_;
};

}  // namespace gossamer::demo
