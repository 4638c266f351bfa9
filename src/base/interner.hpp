#pragma once

#include <memory>

namespace gossamer {

/// Where many nodes run in one process, as in a simulation, what is equal at all of them is held
/// once. Whoever is given none holds what it has by itself, and decides the same.
///
/// **Threads**: one. **Lifetime**: outlives whoever was given it.
template <class T>
class Interner {
 public:
  virtual ~Interner() = default;
  /// The one that is held of all that equal `value`.
  virtual std::shared_ptr<const T> one_of(const T& value) = 0;
};

/// The same without an interner: one of its own.
template <class T>
std::shared_ptr<const T> one_of(Interner<T>* interner, T&& value) {
  if (interner != nullptr) return interner->one_of(value);
  return std::make_shared<const T>(std::move(value));
}

}  // namespace gossamer
