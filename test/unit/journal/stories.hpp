#pragma once

#include <catch2/catch.hpp>

#include "toy_world.hpp"

// What the stories of these tests are told with.

namespace gossamer::journal {

using Writes = std::vector<std::string>;

/// A service that has just been started on `node`.
inline void start(World& world, std::size_t node) {
  world.claim(node);
  world.run();
  REQUIRE(world.is_ready(node));
  world.told(node);
}

inline void write(World& world, std::size_t node) {
  world.commit(node);
  world.run();
}

/// Two freezes with a write between them: the first one's past is pruned.
inline void freeze_twice(World& world, std::size_t node) {
  world.freeze(node);
  world.run();
  write(world, node);
  world.freeze(node);
  world.run();
}

inline void freeze(World& world, std::size_t node) {
  world.freeze(node);
  world.run();
}

/// Holds what `node` orders of this kind.
template <class T>
void hold(World& world, std::size_t node) {
  world.holds = [node](std::size_t at, const Effect& effect) {
    return at == node && std::holds_alternative<T>(effect);
  };
}
inline void hold_entries(World& world, std::size_t node, EntryType type) {
  world.holds = [node, type](std::size_t at, const Effect& effect) {
    return at == node && creates_entry(effect, type);
  };
}
inline void let_all_go(World& world) {
  world.holds = nullptr;
  world.let_go();
}

}  // namespace gossamer::journal
