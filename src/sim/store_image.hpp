#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "gossamer/store.hpp"
#include "journal/entry.hpp"

namespace gossamer::sim {

/// One unit's store as its disk has it: what would be read after power loss.
struct StoreImage {
  Epoch opened_under = 0;
  std::vector<journal::Nonce> claims{};
  Sequence sequence = 0;
  std::map<std::string, std::string> data{};
  std::deque<journal::Commit> kept{};  ///< Not known to be in the journal.

  void apply(const WriteBatch& batch);
};

/// Where a unit's store lies, with what was moved away and what is being built.
struct UnitPlace {
  std::shared_ptr<StoreImage> store{};  ///< Null: there is none.
  std::shared_ptr<StoreImage> aside{};
  std::map<std::string, Bytes> building{};
};

/// A disk full of units' stores. Machines may lose one, or start once with another.
struct Volume {
  std::uint64_t id = 0;
  std::map<UnitId, UnitPlace> units{};
};

/// What a backup of the volume holds: nothing in it is shared with the volume.
std::map<UnitId, UnitPlace> copy_of(const std::map<UnitId, UnitPlace>& units);

/// The image as files: one for its sequence, and one for each range of keys, so that a range that
/// has not changed is the same file again.
using StoreFiles = std::map<std::string, Bytes>;
StoreFiles to_files(const StoreImage& image);
/// Errors: corrupted.
Result<StoreImage> from_files(const StoreFiles& files);
journal::CheckpointState describe(const StoreImage& image, const StoreFiles& files);

/// No path may lead outside the place of the build.
bool is_safe_file_name(const std::string& name);

}  // namespace gossamer::sim
