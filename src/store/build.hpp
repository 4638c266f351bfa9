#pragma once

#include <memory>
#include <string>

#include "gossamer/ports/object_store.hpp"
#include "journal/entry.hpp"
#include "store/unit_layout.hpp"

namespace gossamer::store {

/// Where one fetched file goes. A name that leads outside is refused at the first write; what is
/// longer than the manifest says is cut, and does not pass the verification.
std::shared_ptr<ByteSink> make_build_sink(const std::string& folder,
                                          const journal::ManifestFile& file);

/// Verifies every file of the build, forgets what the frozen copy remembers of the machine that
/// froze it, syncs, and lets the build take the store's place. Blocks.
/// Errors: corrupted, io, version_mismatch.
Result<void> adopt_build(const UnitLayout& layout, const journal::Manifest& manifest);

}  // namespace gossamer::store
