#include "sim/sim_store.hpp"

#include <algorithm>

namespace gossamer::sim {

Result<void> SimStore::check_readable() const {
  // What a later epoch writes is not this handle's to see.
  if (open_->image->opened_under == open_->epoch) return {};
  return tl::unexpected(open_->is_closed ? open_->reason
                                         : Error{ErrorCode::fenced, "the store was opened again"});
}

Result<std::optional<std::string>> SimStore::get(std::string_view key) const {
  if (const auto readable = check_readable(); !readable) return tl::unexpected(readable.error());
  const auto found = open_->image->data.find(std::string{key});
  if (found == open_->image->data.end()) return std::optional<std::string>{};
  return std::optional<std::string>{found->second};
}

Result<void> SimStore::scan(
    std::string_view prefix, std::string_view begin,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  if (const auto readable = check_readable(); !readable) return readable;
  const auto& data = open_->image->data;
  for (auto at = data.lower_bound(std::string{std::max(prefix, begin)}); at != data.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) break;
    if (!visit(at->first, at->second)) break;
  }
  return {};
}

}  // namespace gossamer::sim
