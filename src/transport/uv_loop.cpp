#include "transport/uv_loop.hpp"

#include <utility>

#include "base/assert.hpp"

namespace gossamer {

UvLoop::~UvLoop() {
  GOSSAMER_ASSERT(open_handles_ == 0);
}

void UvLoop::when_closed(UniqueFunction<void()> done) {
  if (open_handles_ == 0) {
    done();
    return;
  }
  when_closed_.push_back(std::move(done));
}

void UvLoop::handle_closed() {
  GOSSAMER_ASSERT(open_handles_ > 0);
  --open_handles_;
  if (open_handles_ > 0) return;
  // Local, because one of them may destroy *this.
  std::vector<UniqueFunction<void()>> waiting = std::move(when_closed_);
  when_closed_.clear();
  for (UniqueFunction<void()>& done : waiting) done();
}

}  // namespace gossamer
