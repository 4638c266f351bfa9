#pragma once

#include <string>
#include <string_view>

namespace gossamer::objects {

constexpr std::size_t kKeyBytesMax = 512;

/// Why `key` may not name an object, for a message; empty if it may.
std::string key_fault(std::string_view key);

/// Why no key can begin with `prefix`; empty if one can. The last part may be incomplete.
std::string prefix_fault(std::string_view prefix);

}  // namespace gossamer::objects
