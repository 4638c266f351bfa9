#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include "naming/teller.hpp"

namespace gossamer::naming {

/// What is to be asked, author after author: who says a thousand things makes nobody but himself
/// wait.
class FairQueue {
 public:
  void push(const Teller& teller) { waiting_[teller.author].insert(teller.unit); }
  /// True if it was there.
  bool erase(const Teller& teller);
  bool is_empty() const { return waiting_.empty(); }
  /// Requires: not empty.
  Teller pop();

 private:
  std::map<NodeId, std::set<UnitId>> waiting_;
  NodeId last_{};  ///< Whose turn was last.
};

}  // namespace gossamer::naming
