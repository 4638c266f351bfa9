#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gossamer/ids.hpp"

namespace gossamer::demo {

/// Asks every node again and again where a service is, and counts the answers whose epoch is below
/// one that the same node has given before.
class ResolveWatch {
 public:
  ResolveWatch(std::vector<std::string> admin_sockets, std::string service);
  ~ResolveWatch();
  ResolveWatch(const ResolveWatch&) = delete;
  ResolveWatch& operator=(const ResolveWatch&) = delete;

  std::uint64_t regressions() const { return regressions_.load(); }
  std::uint64_t answers() const { return answers_.load(); }

 private:
  void run(const std::vector<std::string>& admin_sockets, const std::string& service);

  std::atomic<bool> is_stopped_{false};
  std::atomic<std::uint64_t> regressions_{0};
  std::atomic<std::uint64_t> answers_{0};
  std::thread thread_;
};

}  // namespace gossamer::demo
