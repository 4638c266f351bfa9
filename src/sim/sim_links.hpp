#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/link_event.hpp"
#include "gossamer/ids.hpp"
#include "sim/event_queue.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim {

class SimNetwork;

/// The standing links and knocks of a simulated network. As real ones they go from kernel to
/// kernel: a stopped process keeps its links and is found to listen; an ended one is told of and
/// refuses, as long as its machine has power; a machine without power is silent, as a partition is.
///
/// Every node lets its peers' links stand: how many it would is not simulated.
class SimLinks {
 public:
  SimLinks(SimNetwork& network, EventQueue& queue, Witness& witness)
      : network_(network), queue_(queue), witness_(witness) {}

  void watch(HostIndex from, const Endpoint& peer);
  void unwatch(HostIndex from, const Endpoint& peer);
  void knock(HostIndex from, const Endpoint& peer);

  /// The process of this life on `host` has ended: its own links are gone, and if the machine has
  /// power, who watched it is told.
  void on_ended(HostIndex host, std::uint64_t life, bool has_power);

  /// Somebody on the way ends the link by a forged reset. False: none stands.
  bool reset(HostIndex from, const Endpoint& peer);
  /// Connects of `from` to `to` are refused on the way, until admitted again.
  void reject(HostIndex from, HostIndex to) { rejected_.insert({from, to}); }
  void admit(HostIndex from, HostIndex to) { rejected_.erase({from, to}); }
  void admit_all() { rejected_.clear(); }

  using Standing = std::pair<HostIndex, Endpoint>;
  /// Who watches whom.
  std::vector<Standing> standing() const;

 private:
  enum class Purpose : std::uint8_t { watch, knock };
  using Key = std::tuple<HostIndex, Purpose, Endpoint>;
  struct Link {
    std::uint64_t id = 0;  ///< Differs for every link there was.
    bool is_standing = false;
    HostIndex peer = 0;
    std::uint64_t peer_life = 0;  ///< Of the process that was connected to; 0 while none was.
    Instant
        told{};  ///< When the peer's last word so far arrives; a later one does not overtake it.
  };
  using Links = std::map<Key, Link>;

  void begin(const Key& key, std::size_t most);
  void connect(const Key& key, std::uint64_t id);
  void on_connect(const Key& key, std::uint64_t id, HostIndex to);
  void on_answer(const Key& key, std::uint64_t id, LinkEvent answer);
  void send_end(const Key& key, std::uint64_t id, int tries);
  void keep_alive(const Key& key, std::uint64_t id, int unanswered);
  Link* find(const Key& key, std::uint64_t id);
  void end(const Key& key, LinkEvent event);
  void tell(const Key& key, LinkEvent event);

  SimNetwork& network_;
  EventQueue& queue_;
  Witness& witness_;
  Links links_;
  std::set<std::pair<HostIndex, HostIndex>> rejected_;
  std::uint64_t ids_ = 0;
};

}  // namespace gossamer::sim
