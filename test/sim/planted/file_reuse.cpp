// Planted: a file is reused because one of its content exists, whoever made it.
#include "base/hash.hpp"
#include "journal/decisions.hpp"

namespace gossamer::journal {

std::optional<std::string> reusable_key(const ManifestFile& file,
                                        [[maybe_unused]] const Manifest* descends_from,
                                        const std::set<std::string>& existing) {
  const std::string content = to_hex(file.hash);
  for (const std::string& key : existing) {
    if (key.size() > content.size() && key.ends_with(content)) return key;
  }
  return std::nullopt;
}

}  // namespace gossamer::journal
