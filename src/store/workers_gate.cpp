#include "store/workers_gate.hpp"

namespace gossamer::store {

bool WorkersGate::run(UniqueFunction<void()> work, UniqueFunction<void()> done) {
  const std::lock_guard lock{mutex_};
  if (workers_ == nullptr) return false;
  workers_->run(std::move(work), std::move(done));
  return true;
}

void WorkersGate::post(UniqueFunction<void()> task) {
  const std::lock_guard lock{mutex_};
  if (workers_ != nullptr) workers_->post(std::move(task));
}

void WorkersGate::shut() {
  const std::lock_guard lock{mutex_};
  workers_ = nullptr;
}

}  // namespace gossamer::store
