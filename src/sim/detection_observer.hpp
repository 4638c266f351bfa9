#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "gossamer/membership.hpp"
#include "sim/detection_figures.hpp"
#include "sim/event_queue.hpp"
#include "sim/fingerprint.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim {

/// Knows the truth of a detection run (who runs, who is blocked, who died when), looks at what
/// every node believes after each of its turns, and counts where the two differ.
class DetectionObserver final : public Witness {
 public:
  DetectionObserver(const EventQueue& queue, std::uint32_t nodes);

  // The truth, as the scenario makes it.
  /// A process with this identity runs on `host`; the same identity may come again.
  void on_running(HostIndex host, const NodeId& id);
  /// It ended: by a crash, or because it left.
  void on_ended(HostIndex host, bool is_crash);
  /// Blocked, mute, deaf or restarted on purpose: what others think of it, and it of others, is no
  /// fault of theirs.
  void set_afflicted(HostIndex host) { hosts_[host].is_afflicted = true; }
  bool is_afflicted(HostIndex host) const { return hosts_[host].is_afflicted; }
  /// From now on downs across the sides are what must happen.
  void begin_split(std::vector<bool> sides);
  void end_split() { sides_.clear(); }

  // What happens.
  void on_sent(HostIndex from, ByteView bytes, bool by_stream) override;
  void on_event(HostIndex host, const Event& event) override;
  void look(HostIndex host, const MemberView& view);

  // What to make of it.
  /// Counts false downs, suspicions and changes from now on.
  void begin_counting() { is_counting_ = true; }
  /// Since the last call.
  Traffic take_traffic();
  /// Healthy running nodes other than itself that hold it live.
  std::size_t holders_of(HostIndex host) const;
  /// Pairs across the sides of which one holds the other live still.
  std::size_t pairs_unaware() const;
  /// Every running node holds exactly the running nodes live.
  bool is_one_view() const;
  /// The share of running members that running nodes do not hold live.
  double disagreement() const;
  /// When somebody last changed its mind about a member's being live.
  Instant last_change() const { return last_change_; }
  std::uint64_t false_downs_of(HostIndex host) const { return hosts_[host].false_downs; }
  /// The last false down, for people.
  const std::string& last_false_down() const { return last_false_down_; }
  std::uint64_t fingerprint() const { return fingerprint_.value(); }
  /// With what was counted at each host summed up.
  DetectionFigures figures() const;

 private:
  struct Host {
    std::optional<std::size_t> subject{};  ///< Of the process that runs.
    bool is_afflicted = false;
    std::uint64_t false_downs = 0;
    std::uint64_t down_events = 0;
    MemberView seen{};
    std::vector<bool> holds_live{};  ///< By subject.
    std::optional<Instant> too_many_since{};
  };
  /// An identity.
  struct Subject {
    HostIndex host = 0;
    bool is_running = true;
    bool has_crashed = false;
    Instant died{};
    bool is_missed = false;  ///< Somebody holds it down since it died.
  };
  bool holds(const Host& host, std::size_t subject) const {
    return subject < host.holds_live.size() && host.holds_live[subject];
  }
  void changed(HostIndex observer, const Member& member, const Member* before);
  void went_down(HostIndex observer, std::size_t subject);
  void count_live(Host& host, std::size_t live);
  void note_running_time();
  void note(std::uint64_t kind, HostIndex observer, std::size_t subject);

  const EventQueue& queue_;
  std::vector<Host> hosts_;
  std::vector<Subject> subjects_;
  std::map<NodeId, std::size_t> subject_of_;
  std::vector<bool> sides_;
  std::vector<std::vector<bool>> is_aware_;  ///< During a split: observer, subject.
  Instant split_at_{};
  std::size_t running_ = 0;
  Instant running_noted_{};
  bool is_counting_ = false;
  Instant last_change_{};
  std::string last_false_down_;
  Traffic traffic_;
  std::map<std::pair<HostIndex, std::size_t>, std::uint64_t> changes_;
  Fingerprint fingerprint_;
  DetectionFigures figures_;
};

}  // namespace gossamer::sim
