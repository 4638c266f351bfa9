#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace gossamer {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "gossamer: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace gossamer
