#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "journal/effect.hpp"

namespace gossamer::journal {

/// What lies under a key: a journal entry, a manifest, or a file's bytes.
struct ToyObject {
  std::shared_ptr<const JournalEntry> entry{};
  std::shared_ptr<const Manifest> manifest{};
  std::string bytes{};
  bool is_corrupt = false;
  bool is_refused = false;
};

/// An object store in memory: linearizable, create-only, and listed in small pages.
struct ToyObjects {
  std::map<std::string, ToyObject> held{};
  std::size_t page_keys = 1'000;
  std::uint64_t spec_version = 1;
  bool is_undeployed = false;
  bool is_spec_corrupt = false;
  std::uint64_t undeployed_version = 0;  ///< Of the newest undeploy.

  bool create(const std::string& key, ToyObject object) {
    return held.emplace(key, std::move(object)).second;
  }
  const ToyObject* get(const std::string& key) const {
    const auto found = held.find(key);
    return found == held.end() ? nullptr : &found->second;
  }
  Listed list(const List& order) const {
    Listed page{Outcome{ObjectOutcome::ok}};
    const std::size_t limit = std::min(order.limit, page_keys);
    const std::string from = std::max(order.prefix, order.after);
    for (auto it = held.lower_bound(from); it != held.end(); ++it) {
      if (it->first.compare(0, order.prefix.size(), order.prefix) != 0) break;
      if (it->first <= order.after) continue;
      if (page.keys.size() == limit) {
        page.is_last = false;
        break;
      }
      page.keys.push_back(it->first);
    }
    return page;
  }
};

}  // namespace gossamer::journal
