#include "journal/decisions.hpp"

namespace gossamer::journal {

// Planted: a store that exists is kept.
bool keeps_store(const StoreState& store, Epoch, const std::vector<ClaimSeen>&) {
  return store.exists;
}

}  // namespace gossamer::journal
