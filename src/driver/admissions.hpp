#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/membership.hpp"
#include "wire/admission.hpp"

namespace gossamer::driver {

/// Who is believed beyond this node itself. Off: whoever holds the cluster's key.
struct AdmissionPolicy {
  std::set<NodeId> allowed_nodes{};
  std::vector<wire::PublicKey> authorities{};

  bool is_on() const { return !allowed_nodes.empty() || !authorities.empty(); }
};

/// Which nodes are admitted: those that are listed, and those whose member statement carries an
/// admission by one of the authorities. Each admission is verified once, and remembered until it
/// ends or its node is forgotten. Wall clocks are arguments.
class Admissions {
 public:
  /// `remembered_max`: beyond it nobody further is admitted until keep_only has made room.
  Admissions(AdmissionPolicy policy, const NodeId& self, std::string cluster,
             std::size_t remembered_max);

  bool is_on() const { return policy_.is_on(); }
  bool is_listed(const NodeId& id) const;
  bool has(const NodeId& id, std::uint64_t wall_ms) const;
  /// A member says that `admission` is its own: whether that holds.
  bool admit(const NodeId& id, const wire::PublicKey& key, ByteView admission,
             std::uint64_t wall_ms);

  bool is_full() const { return remembered_.size() >= remembered_max_; }
  void keep_only(const MemberView& members);
  void forget(const NodeId& id) { remembered_.erase(id); }
  /// Those whose admissions have ended; forgotten with that.
  std::vector<NodeId> take_ended(std::uint64_t wall_ms);
  /// Signatures of authorities that were checked since the start.
  std::uint64_t verified_count() const { return verified_count_; }

 private:
  struct Remembered {
    Bytes bytes{};
    wire::Admission admission{};
  };
  AdmissionPolicy policy_;
  NodeId self_;
  std::string cluster_;
  std::size_t remembered_max_;
  std::uint64_t verified_count_ = 0;
  std::map<NodeId, Remembered> remembered_;
};

/// Senders that are not admitted, so that each is told of once in a while. One that sent without
/// saying who it is may only not be known yet, so it is told of when it still does so later.
class Strangers {
 public:
  static constexpr std::size_t kStrangersMax = 64;  ///< Further ones are only counted.
  static constexpr Duration kGrace = std::chrono::seconds{10};
  static constexpr Duration kMemory = std::chrono::minutes{10};

  /// `is_certain`: what it says of itself was refused. True: it is to be told of.
  bool on_heard(Instant now, const NodeId& id, bool is_certain);

 private:
  struct Stranger {
    Instant since{};
    bool is_told = false;
  };
  std::map<NodeId, Stranger> strangers_;
};

}  // namespace gossamer::driver
