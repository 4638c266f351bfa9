#include "store/unit_layout.hpp"

#include <fmt/format.h>

#include "store/posix_file.hpp"

namespace gossamer::store {

bool UnitLayout::is_valid(const UnitId& unit) {
  return is_plain_file_name(unit.service) && unit.service.front() != '.';
}

UnitLayout::UnitLayout(const std::string& units, const UnitId& unit)
    : units_(units), folder_(fmt::format("{}/{}.{}", units, unit.service, unit.ordinal)) {}

std::string UnitLayout::checkpoint(std::uint64_t attempt) const {
  return fmt::format("{}/{}", checkpoints(), attempt);
}

Result<void> UnitLayout::make_folder() const {
  return store::make_folder(units_).and_then([&] { return store::make_folder(folder_); });
}

Result<void> UnitLayout::recover() const {
  if (!path_exists(folder_)) return {};
  if (path_exists(fresh())) {
    if (Result<void> removed = remove_tree(fresh()); !removed) return removed;
  }
  return path_exists(adopted()) ? finish_adoption() : Result<void>{};
}

Result<void> UnitLayout::adopt() const {
  return rename_durably(build(), adopted()).and_then([&] { return finish_adoption(); });
}

Result<void> UnitLayout::finish_adoption() const {
  return set_aside().and_then([&] { return rename_durably(adopted(), database()); });
}

Result<void> UnitLayout::install_fresh() const {
  return rename_durably(fresh(), database());
}

Result<void> UnitLayout::set_aside() const {
  if (!path_exists(database())) return {};
  return remove_tree(aside()).and_then([&] { return rename_durably(database(), aside()); });
}

}  // namespace gossamer::store
