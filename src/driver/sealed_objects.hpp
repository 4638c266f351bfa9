#pragma once

#include <fmt/format.h>

#include <functional>
#include <string_view>

#include "wire/storage.hpp"

namespace gossamer::driver {

/// Under which key what goes into the object store is sealed, and who hears of seals that do not
/// hold. A value: requests under way hold a copy.
struct SealedObjects {
  wire::DataKey key{};
  /// May come after the driver is gone, and must see to it.
  std::function<void()> on_broken{};

  wire::ObjectSeal seal(std::string_view name) const { return {key, name}; }

  /// What lies under `name`. Room was made for more than an object may have, so that a larger one
  /// is known as such and read once, not taken for a store that does not answer.
  template <class T>
  Result<T> open(ByteView bytes, std::size_t bytes_max, std::string_view name,
                 Result<T> (*read)(ByteView, const wire::ObjectSeal&)) const {
    if (bytes.size() > bytes_max) {
      return fail(ErrorCode::corrupted, fmt::format("it has more than {} bytes", bytes_max));
    }
    Result<T> object = read(bytes, seal(name));
    const bool is_broken = !object && object.error().code == ErrorCode::corrupted &&
                           !wire::is_sealed(bytes, seal(name));
    if (is_broken && on_broken) on_broken();
    return object;
  }
};

}  // namespace gossamer::driver
