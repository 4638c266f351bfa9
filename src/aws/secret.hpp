#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace gossamer::aws {

/// A string that must not be shown. It formats nowhere, compares with nothing, and its bytes are
/// wiped when it goes. Whoever needs it says `reveal`, which is easy to look for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  std::string_view reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace gossamer::aws
