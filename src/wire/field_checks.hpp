#pragma once

// Ranges of decoded fields. To be included only by wire/*.cpp, after wire/capnp_message.hpp.

#include <algorithm>
#include <string>
#include <string_view>

#include "wire/bounds.hpp"
#include "wire/capnp_message.hpp"

namespace gossamer::wire {

/// Remembers the first field that is out of its range; what is out of range is not copied.
class FieldChecks {
 public:
  const std::string& problem() const { return problem_; }

  bool require(bool holds, std::string_view problem) {
    if (!holds && problem_.empty()) problem_ = std::string{problem};
    return holds;
  }
  std::uint64_t counter(std::string_view field, std::uint64_t value) {
    if (value > kCounterMax) require(false, fmt::format("{} is {}", field, value));
    return value;
  }
  template <class Blob>  // capnp::Text::Reader, capnp::Data::Reader
  std::string string(std::string_view field, Blob value, std::size_t low, std::size_t high) {
    if (value.size() < low || value.size() > high) {
      require(false, fmt::format("{} has {} bytes, not {} to {}", field, value.size(), low, high));
      return {};
    }
    return to_string(value);
  }
  /// Empty, or looks like a numeric address.
  std::string address(std::string_view field, capnp::Text::Reader value) {
    std::string address = string(field, value, 0, kAddressBytesMax);
    const bool is_numeric =
        address.find_first_not_of("0123456789abcdefABCDEF.:") == std::string::npos;
    require(is_numeric, "an address that is not numeric");
    return address;
  }

 private:
  std::string problem_{};
};

}  // namespace gossamer::wire
