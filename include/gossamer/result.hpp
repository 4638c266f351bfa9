#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "gossamer/error.hpp"

namespace gossamer {

/// A value, or the reason why there is none. Has the interface of C++23's std::expected.
template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::io, "...")` from any function that returns a Result.
inline tl::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

}  // namespace gossamer
