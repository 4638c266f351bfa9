#pragma once

namespace gossamer::sim {

/// Whether a create may take a key. That it may not when the key is taken is what all fencing
/// rests on; a test plants a store that forgets it.
bool may_create(bool is_taken);

}  // namespace gossamer::sim
