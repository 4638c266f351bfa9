#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace gossamer::fakecloud {

/// What is to be done later, in order, on one thread. At its end the rest is dropped.
///
/// **Threads**: any.
class LaterList {
 public:
  LaterList();
  ~LaterList() { stop(); }
  void add(std::chrono::milliseconds delay, std::function<void()> action);
  /// Returns when what is being done is done. Idempotent.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  void run();

  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::multimap<Clock::time_point, std::function<void()>> actions_{};
  bool is_stopping_ = false;
  std::thread thread_{};
};

}  // namespace gossamer::fakecloud
