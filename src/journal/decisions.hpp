#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journal/entry.hpp"

namespace gossamer::journal {

// The decisions on which everything rests, each a pure function in a file of its own, so that a
// test can put a wrong one in its place and see that it is found out.

/// Rule 3. `above`: the slots that were listed above the claim once it was confirmed.
bool claim_stands(Slot claim, const std::vector<Slot>& above);

/// Rule 1. Up to which write `frozen` may be acknowledged: `sent` is the newest write that a put
/// carries, `confirmed` the newest in a slot that is confirmed.
Sequence acknowledged(Sequence sent, Sequence confirmed);

/// Rule 4. `confirmed`: the last slot confirmed when the checkpoint was ordered; `freeze`: the slot
/// of the freeze entry itself.
Slot covers(Slot confirmed, Slot freeze);

/// Section 8. The key under which a checkpoint's file need not be uploaded again, if any: one that
/// the manifest we descend from (null: none) gives to a file of this name, size and hash.
/// `existing`: keys known to exist. Existing is necessary, never sufficient: whoever made a file
/// that no manifest names may be deleting it.
std::optional<std::string> reusable_key(const ManifestFile& file, const Manifest* descends_from,
                                        const std::set<std::string>& existing);

/// A claim that was read in the journal.
struct ClaimSeen {
  Epoch epoch = 0;
  Nonce nonce{};
};
/// "Restart": whether the local store may go on under `epoch`. `claims`: every claim in the journal
/// with an epoch above the one that the store was last opened under and below `epoch`.
bool keeps_store(const StoreState& store, Epoch epoch, const std::vector<ClaimSeen>& claims);

}  // namespace gossamer::journal
