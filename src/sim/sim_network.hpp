#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "ports/network.hpp"
#include "sim/conditions.hpp"
#include "sim/event_queue.hpp"
#include "sim/sim_links.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim {

/// Everything between the nodes: datagrams that get lost, doubled, late and out of order, streams
/// that are slower but whole and in order, links, and partitions, in one direction or both.
class SimNetwork {
 public:
  /// A machine's end of the network.
  class Receiver {
   public:
    virtual ~Receiver() = default;
    virtual void on_network_datagram(const Endpoint& from, Bytes bytes) = 0;
    virtual void on_network_frame(const Endpoint& from, Bytes bytes) = 0;
    virtual void on_network_link(const Endpoint& peer, LinkEvent event) = 0;
  };

  static constexpr std::size_t kDatagramBytesMax = 65'507;

  SimNetwork(EventQueue& queue, std::uint64_t seed, Witness& witness)
      : queue_(queue), random_(seed), witness_(witness), links_(*this, queue, witness) {}

  void set_conditions(const NetworkConditions& conditions) { conditions_ = conditions; }
  const NetworkConditions& conditions() const { return conditions_; }

  /// From now on the process on `host` is reached at `endpoint`. Its earlier connections are gone.
  void attach(HostIndex host, const Endpoint& endpoint, Receiver* receiver);
  /// Its process has ended. Without power the machine does not say so, and refuses nobody.
  void detach(HostIndex host, bool has_power = true);

  /// What `from` sends to `to` is lost until unblocked, also what is on its way.
  void block(HostIndex from, HostIndex to) { blocked_.insert({from, to}); }
  void unblock(HostIndex from, HostIndex to) { blocked_.erase({from, to}); }
  void unblock_all() { blocked_.clear(); }
  bool is_blocked(HostIndex from, HostIndex to) const { return blocked_.count({from, to}) == 1; }
  /// Of all that `host` sends and receives, besides what the conditions lose anyway.
  void set_extra_loss(HostIndex host, std::uint32_t per_mille) { extra_loss_[host] = per_mille; }

  /// Datagrams that it sends, or that are sent to it, get lost for good; so do its streams, either
  /// way.
  void set_mute(HostIndex host, bool is_mute) { flip(mute_, host, is_mute); }
  void set_deaf(HostIndex host, bool is_deaf) { flip(deaf_, host, is_deaf); }
  /// Nothing gets from one side to another, neither what is on its way. Empty: all are on one side.
  void split(std::vector<bool> sides) { sides_ = std::move(sides); }

  void send_datagram(HostIndex from, const Endpoint& to, ByteView bytes);
  void send_frame(HostIndex from, const Endpoint& to, Bytes bytes);

  SimLinks& links() { return links_; }
  const SimLinks& links() const { return links_; }

  // For SimLinks.
  /// Nothing gets from one to the other now.
  bool is_cut(HostIndex from, HostIndex to, bool by_stream) const;
  /// How long a packet of a connection takes; nothing if it is lost.
  std::optional<Duration> draw_trip(HostIndex from, HostIndex to);
  /// The machine that has power and this address.
  std::optional<HostIndex> machine_at(const Endpoint& endpoint) const;
  /// Of the process that runs there; 0 if none does. No two are equal.
  std::uint64_t life_of(HostIndex host) const;
  /// The machine has had power ever since that process began.
  bool has_power(HostIndex host, std::uint64_t since_life) const;
  void hear(HostIndex host, const Endpoint& peer, LinkEvent event);

  /// The port of the process on `host`.
  std::unique_ptr<Network> view(HostIndex host);

 private:
  struct Attachment {
    Endpoint endpoint;
    Receiver* receiver = nullptr;
    std::uint64_t connection = 0;  ///< Differs for every process that was here.
  };
  static void flip(std::set<HostIndex>& hosts, HostIndex host, bool is_in) {
    if (is_in) {
      hosts.insert(host);
    } else {
      hosts.erase(host);
    }
  }
  bool is_lost(HostIndex from, HostIndex to);
  void record(ByteView bytes);
  void replay();
  Duration draw_delay(HostIndex from, HostIndex to);
  const Attachment* attachment(HostIndex host) const;
  void deliver_later(HostIndex from, HostIndex to, Duration delay, Bytes bytes);

  EventQueue& queue_;
  Random random_;
  Witness& witness_;
  NetworkConditions conditions_;
  std::map<HostIndex, Attachment> attachments_;
  std::map<Endpoint, HostIndex> hosts_;
  struct Machine {
    Endpoint endpoint{};
    bool has_power = false;
    std::uint64_t first_life = 0;  ///< Of those since it has had power.
  };
  std::map<HostIndex, Machine> machines_;  ///< Those that have ever run a process.
  std::map<Endpoint, HostIndex> powered_;
  std::set<std::pair<HostIndex, HostIndex>> blocked_;
  std::map<HostIndex, std::uint32_t> extra_loss_;
  std::set<HostIndex> mute_;
  std::set<HostIndex> deaf_;
  std::vector<bool> sides_;
  std::map<std::pair<HostIndex, HostIndex>, Instant> last_frame_;
  std::uint64_t connections_ = 0;
  std::vector<Bytes> recorded_;  ///< A sample of all datagrams sent, old ones too.
  std::uint64_t seen_ = 0;
  SimLinks links_;
};

}  // namespace gossamer::sim
