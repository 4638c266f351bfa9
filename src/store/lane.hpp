#pragma once

#include <deque>
#include <memory>

#include "gossamer/unique_function.hpp"

namespace gossamer::store {

/// Runs steps one after the other, each until it says that it is done. Confined to the loop.
class Lane {
 public:
  /// Runs on the loop, and calls what it is given once, on the loop, now or later.
  using Step = UniqueFunction<void(UniqueFunction<void()>)>;

  void add(Step step);
  bool is_idle() const { return !is_running_ && waiting_.empty(); }

 private:
  void pump();

  std::deque<Step> waiting_;
  bool is_running_ = false;
  bool is_pumping_ = false;
  std::shared_ptr<Lane*> self_ = std::make_shared<Lane*>(this);  ///< Expires with the lane.
};

}  // namespace gossamer::store
