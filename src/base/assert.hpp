#pragma once

namespace gossamer {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;
}  // namespace gossamer

/// Our own invariants only, never input. Stays on in release: a node whose invariants are broken
/// must not go on gossiping.
#define GOSSAMER_ASSERT(expression) \
  ((expression) ? (void)0 : ::gossamer::assertion_failed(#expression, __FILE__, __LINE__))
