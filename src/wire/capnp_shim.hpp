#pragma once

// To be included before any Cap'n Proto header, and only by wire/*.cpp. Cap'n Proto 0.9 compares
// `const char*` with kj::StringPtr; as C++20 clang rewrites that comparison into one that it then
// refuses, so it is given one that fits.

#include <kj/string.h>

#if defined(__clang__) && __clang_major__ >= 16 && __cplusplus >= 202002L
namespace kj {
inline bool operator==(const char* a, const StringPtr& b) {
  return b.operator==(StringPtr(a));
}
inline bool operator!=(const char* a, const StringPtr& b) {
  return !b.operator==(StringPtr(a));
}
}  // namespace kj
#endif
