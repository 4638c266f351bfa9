#pragma once

#include "toy_node.hpp"

namespace gossamer::driver {

/// A node alone, with all that outlives it.
struct Toys {
  ToyLoop loop{};
  ToyObjects objects{loop};
  ToyStores stores{loop};
  ToyNode node{objects, stores, loop};
};

inline const UnitId kUnit{"ledger", 0};

inline ServiceSpec ledger_spec() {
  ServiceSpec spec;
  spec.name = "ledger";
  return spec;
}

}  // namespace gossamer::driver
