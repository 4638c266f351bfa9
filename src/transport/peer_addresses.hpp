#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

namespace gossamer {

/// To whom this node has sent: members and seeds, since nothing is answered that is not sealed. So
/// it is how the transport tells them from anybody, without asking who is a member.
class PeerAddresses {
 public:
  /// Of them the latest are remembered for certain, and at most twice as many.
  static constexpr std::size_t kLatest = 4096;

  void note(const std::string& address) {
    if (address == noted_) return;  // Many share one.
    noted_ = address;
    if (latest_.count(address) > 0) return;
    if (latest_.size() == kLatest) earlier_ = std::exchange(latest_, {});
    latest_.insert(address);
  }

  bool contains(const std::string& address) const {
    return latest_.count(address) + earlier_.count(address) > 0;
  }

 private:
  std::string noted_{};  ///< The last; one of the latest.
  std::unordered_set<std::string> latest_;
  std::unordered_set<std::string> earlier_;
};

}  // namespace gossamer
