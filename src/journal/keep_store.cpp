#include <algorithm>

#include "journal/decisions.hpp"

namespace gossamer::journal {

// A claim that this store did not record was made while another store, of another node or of this
// one, held the unit: what that one wrote is not in here.
bool keeps_store(const StoreState& store, Epoch epoch, const std::vector<ClaimSeen>& claims) {
  if (!store.exists || store.opened_under == 0 || store.opened_under >= epoch) return false;
  return std::all_of(claims.begin(), claims.end(), [&](const ClaimSeen& claim) {
    return std::find(store.claims.begin(), store.claims.end(), claim.nonce) != store.claims.end();
  });
}

}  // namespace gossamer::journal
