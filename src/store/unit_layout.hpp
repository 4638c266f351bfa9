#pragma once

#include <cstdint>
#include <string>

#include "gossamer/ids.hpp"

namespace gossamer::store {

/// Where the files of one unit lie, and the renames among them:
///
///     UNITS/SERVICE.ORDINAL/db             the store
///                          /fresh          a new store being made
///                          /build          a store being built beside, from fetched files
///                          /adopt          a finished build that has yet to take the store's place
///                          /aside          a store that was moved away, kept for a person
///                          /checkpoints/N  hard links of freeze attempt N
///
/// kill -9 anywhere leaves the old store or the new, never neither: a build counts from the moment
/// it is called `adopt`, and whoever comes next finishes what follows. All calls block.
class UnitLayout {
 public:
  /// `units`: the folder of all units. Requires is_valid(unit).
  UnitLayout(const std::string& units, const UnitId& unit);
  /// No name of a service may lead outside.
  static bool is_valid(const UnitId& unit);

  std::string database() const { return folder_ + "/db"; }
  std::string fresh() const { return folder_ + "/fresh"; }
  std::string build() const { return folder_ + "/build"; }
  std::string aside() const { return folder_ + "/aside"; }
  std::string checkpoints() const { return folder_ + "/checkpoints"; }
  std::string checkpoint(std::uint64_t attempt) const;

  /// Finishes or undoes what a crash interrupted. To be called before anything else.
  Result<void> recover() const;
  Result<void> make_folder() const;
  /// `build` takes the place of the store, which goes aside. Requires that its files are synced.
  Result<void> adopt() const;
  /// `fresh` becomes the store. Requires that there is none.
  Result<void> install_fresh() const;
  Result<void> set_aside() const;

 private:
  std::string adopted() const { return folder_ + "/adopt"; }
  Result<void> finish_adoption() const;

  const std::string units_;
  const std::string folder_;
};

}  // namespace gossamer::store
