#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "journal/effect.hpp"

namespace gossamer::journal {

/// A unit's local store: nothing but the list of its writes, every one durable at once. Its files
/// recur in content, as those of a real store do: two writes to a file, and one that says little.
struct ToyStore {
  bool exists = false;
  std::vector<std::string> writes{};  ///< writes[i] has sequence i + 1.
  Sequence trimmed = 0;
  Epoch opened_under = 0;
  std::vector<Nonce> claims{};

  Sequence sequence() const { return writes.size(); }
  std::vector<Commit> tail() const {
    std::vector<Commit> commits;
    for (Sequence at = trimmed + 1; at <= sequence(); ++at) {
      commits.push_back({at, to_bytes(writes[at - 1])});
    }
    return commits;
  }

  using Files = std::map<std::string, std::string>;
  Files files() const {
    Files files;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      files["chunk-" + std::to_string(100 + i / 2)] += writes[i] + "\n";
    }
    files["current"] = std::to_string(writes.size() % 2) + " " + std::to_string(opened_under);
    files["trimmed"] = std::to_string(trimmed / 2 * 2);
    return files;
  }
  static ToyStore of_files(const Files& files) {
    ToyStore store;
    store.exists = true;
    for (const auto& [name, bytes] : files) {
      if (name == "trimmed") store.trimmed = std::stoull(bytes);
      if (name == "current") store.opened_under = std::stoull(bytes.substr(bytes.find(' ')));
      if (name.compare(0, 6, "chunk-") != 0) continue;
      for (std::size_t begin = 0; begin < bytes.size();) {
        const std::size_t end = bytes.find('\n', begin);
        store.writes.push_back(bytes.substr(begin, end - begin));
        begin = end + 1;
      }
    }
    return store;
  }
};

inline ManifestFile described(const std::string& name, const std::string& bytes) {
  return ManifestFile{name, {}, bytes.size(), content_hash(as_bytes(bytes))};
}

}  // namespace gossamer::journal
