#include "journal/decisions.hpp"

namespace gossamer::journal {

// What the manifest we descend from names is retained by whoever may delete; nothing else is.
std::optional<std::string> reusable_key(const ManifestFile& file, const Manifest* descends_from,
                                        const std::set<std::string>& existing) {
  if (descends_from == nullptr) return std::nullopt;
  for (const ManifestFile& named : descends_from->files) {
    const bool is_same =
        named.name == file.name && named.size == file.size && named.hash == file.hash;
    if (is_same && existing.contains(named.key)) return named.key;
  }
  return std::nullopt;
}

}  // namespace gossamer::journal
