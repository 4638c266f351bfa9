#pragma once

#include <chrono>
#include <cstddef>

#include "gossamer/ports/discovery.hpp"

namespace gossamer {

/// How often one node of a fleet may ask EC2, so that the whole fleet makes at most about one call
/// a second, however large it is and however it was started.
///
/// Calm: every `stated` seconds, or as many seconds as there are machines times pages, if that is
/// more. After failures and empty answers: 5 s, doubled each time, up to that. Every throttled
/// answer doubles whatever holds, up to ten minutes; every good one takes one doubling back. The
/// poll lengthens each by up to half by chance.
class Ec2Pace {
 public:
  explicit Ec2Pace(std::chrono::seconds stated) : calm_(stated), stated_(stated) {}

  /// `machines` are those that may ask as well, this one included.
  void on_found(std::size_t machines, std::size_t pages);
  void on_nothing_found();
  void on_failed();
  void on_throttled();

  Discovery::Pace pace() const;

 private:
  std::chrono::milliseconds throttled(std::chrono::milliseconds interval) const;

  std::chrono::milliseconds calm_;
  std::chrono::seconds stated_;
  unsigned misses_ = 0;      ///< Empty answers and failures in a row.
  bool has_failed_ = false;  ///< The latest answer was a failure.
  unsigned doublings_ = 0;
};

}  // namespace gossamer
