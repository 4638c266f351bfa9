#pragma once

#include <string_view>

namespace gossamer {

/// Of the library that was linked, e.g. `0.1.0`.
std::string_view version() noexcept;

}  // namespace gossamer
