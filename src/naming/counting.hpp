#pragma once

#include <vector>

#include "gossamer/membership.hpp"
#include "naming/epoch_book.hpp"
#include "naming/inquiries.hpp"
#include "naming/registry.hpp"

namespace gossamer::naming {

/// Who is here, as far as records are concerned.
struct Sight {
  NodeId self{};
  MemberView members{};

  /// Of a cached record: also until the view has had time to show its node.
  bool is_here(const NodeId& node, const Held& held) const;
};

/// What is known of epochs, and what is only said.
struct Epochs {
  const EpochBook& book;
  const Inquiries& inquiries;
};

/// The epoch rule for one record: not withdrawn, not held back, its epoch is the highest that is
/// confirmed, or that an earlier run answered, it is the claimant's if that is known, and no claim
/// above it is in doubt. Epoch 0 is over once the unit is owned.
bool is_current(const Epochs& epochs, const Held& held);
/// Of a record that counts: whether nothing heard in this run vouches for it.
bool is_stale(const Epochs& epochs, const Held& held);

/// The records that count, of records that all bear one name, by ordinal, then node. Of one owned
/// unit at most one: the greater node id where two claim one epoch (`best_effort`).
std::vector<const Held*> counted(const Sight& sight, const Epochs& epochs,
                                 const Registry::Range& range);

}  // namespace gossamer::naming
