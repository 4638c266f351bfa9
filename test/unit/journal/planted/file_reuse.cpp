#include "base/hash.hpp"
#include "journal/decisions.hpp"

namespace gossamer::journal {

// Planted: a file is reused because one of its content exists.
std::optional<std::string> reusable_key(const ManifestFile& file, const Manifest*,
                                        const std::set<std::string>& existing) {
  const std::string hash = to_hex(file.hash);
  for (const std::string& key : existing) {
    if (key.size() > hash.size() && key.compare(key.size() - hash.size(), hash.size(), hash) == 0) {
      return key;
    }
  }
  return std::nullopt;
}

}  // namespace gossamer::journal
