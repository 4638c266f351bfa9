#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/random.hpp"
#include "gossamer/ports/object_store.hpp"
#include "sim/conditions.hpp"
#include "sim/process.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim {

/// The object store that all nodes share. It is linearizable, and answers as badly as the real
/// ones: writes that take effect after their timeout, errors after success, throttling, short
/// pages, and answers that are old when they come. What a node has asked for happens even if the
/// node is gone.
class SimObjects {
 public:
  SimObjects(EventQueue& queue, std::uint64_t seed, Witness& witness)
      : queue_(queue), random_(seed), witness_(witness) {}

  void set_conditions(const ObjectConditions& conditions) { conditions_ = conditions; }
  const ObjectConditions& conditions() const { return conditions_; }
  /// Nothing that the node asks for gets there.
  void set_unreachable(HostIndex host, bool is_unreachable);
  void set_all_unreachable(bool are_unreachable) { are_all_unreachable_ = are_unreachable; }

  /// A disk of the store has gone bad under this object.
  void damage(const std::string& key);

  /// Somebody who is no node puts an object there, or takes one away: the checkers do not take it
  /// for a node's.
  void plant(const std::string& key, Bytes content);
  void take_away(const std::string& key);

  /// The port for one process on `host`.
  std::unique_ptr<ObjectStore> view(HostIndex host, std::shared_ptr<Process> process);

  const std::map<std::string, SharedBytes>& contents() const { return contents_; }
  std::uint64_t requests() const { return requests_; }
  /// Requests that will still take effect.
  std::size_t in_flight() const { return in_flight_; }

 private:
  class View;
  /// What the world will do with one request.
  struct Fate {
    bool lands = true;
    Duration lands_after{};
    bool is_answer_lost = false;  ///< The node hears `lost_as` instead of what happened.
    ObjectOutcome lost_as = ObjectOutcome::unknown;
    Duration answered_after{};
  };
  struct Request {
    HostIndex host = 0;
    std::weak_ptr<Process> process{};
    ObjectVerb verb = ObjectVerb::get;
    std::string key{};
    SharedBytes content{};
    std::string after{};
    std::size_t limit = 0;
  };
  struct Reply {
    ObjectResult result{};
    SharedBytes content{};
    ObjectListing listing{};
    Instant landed_at{};
  };
  using Answer = UniqueFunction<void(Reply)>;

  Fate draw_fate(HostIndex host, ObjectVerb verb);
  Fate draw_write_fate(ObjectVerb verb, Duration latency);
  void request(Request request, Answer answer);
  static void refuse(const Request& request, Answer answer);
  Reply land(const Request& request);
  ObjectListing list(const std::string& prefix, const std::string& after, std::size_t limit) const;

  EventQueue& queue_;
  Random random_;
  Witness& witness_;
  ObjectConditions conditions_;
  std::set<HostIndex> unreachable_;
  bool are_all_unreachable_ = false;
  std::map<std::string, SharedBytes> contents_;
  std::uint64_t requests_ = 0;
  std::size_t in_flight_ = 0;
};

}  // namespace gossamer::sim
