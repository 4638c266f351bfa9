#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "ports/node_store.hpp"
#include "sim/conditions.hpp"
#include "sim/process.hpp"

namespace gossamer::sim {

/// What a node remembers of itself, on a disk that outlives its process. A write is durable when
/// its sync has ended; power loss keeps some of the writes under way, in their order, and forgets
/// the rest.
class SimDisk {
 public:
  SimDisk(EventQueue& queue, std::uint64_t seed) : queue_(queue), random_(seed) {}

  void set_conditions(const DiskConditions& conditions) { conditions_ = conditions; }

  /// The port for one process. It must end before the next one begins.
  std::unique_ptr<NodeStore> view(std::shared_ptr<Process> process);
  /// The machine lost power, or its process was killed: the page cache may or may not be kept.
  void crash();

  /// A backup of what is durable, and the disk as it was then. Requires for restore: nobody uses
  /// it.
  struct Copy {
    std::map<std::string, Bytes> durable{};
    std::map<std::string, Bytes> cache{};
  };
  Copy copy() const { return {durable_, cache_}; }
  void restore(const Copy& copy);

  /// What would be read now, after a crash.
  const Bytes* durable(const std::string& key) const;
  /// Everything that cache() kept.
  std::vector<NodeStore::Write> cached() const;

 private:
  class View;
  using Table = std::map<std::string, Bytes>;
  struct Pending {
    std::uint64_t number;
    std::vector<NodeStore::Write> writes;
  };
  static void apply(Table& table, const std::vector<NodeStore::Write>& writes);
  Duration draw_sync();
  void persist(std::weak_ptr<Process> process, std::vector<NodeStore::Write> writes,
               NodeStore::Done done);
  void cache(std::vector<NodeStore::Write> writes);

  static constexpr std::size_t kCacheWritesMax = 64;

  EventQueue& queue_;
  Random random_;
  DiskConditions conditions_;
  Table durable_;
  Table cache_;
  std::deque<Pending> pending_;
  std::deque<std::vector<NodeStore::Write>> pending_cache_;
  std::uint64_t numbers_ = 0;
  Instant last_sync_{};
};

}  // namespace gossamer::sim
