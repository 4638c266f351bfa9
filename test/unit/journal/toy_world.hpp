#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "journal/journal.hpp"
#include "referee.hpp"
#include "toy_objects.hpp"
#include "toy_store.hpp"

namespace gossamer::journal {

/// How often out of 1000 a request goes wrong, and how.
struct Faults {
  unsigned unknown = 0;       ///< Not done, answered unknown.
  unsigned unknown_done = 0;  ///< Done, answered unknown.
  unsigned late = 0;          ///< Answered unknown, done at any later time.
  unsigned refused = 0;       ///< Half of them done.
  unsigned slow = 0;          ///< Done and answered, up to a minute late each.
  Duration latency{0};        ///< Of everything else: from 0 to this, drawn.
};

enum class Disk : std::uint8_t { kept, lost, swapped };

/// Some nodes, one unit, one object store, and a clock. Without faults everything that is ordered
/// happens at once, in order, unless it is held back.
class World {
 public:
  static NodeId node_id(std::size_t node);

  World(std::size_t nodes, std::uint64_t seed, Faults faults = {}, Journal::Options options = {});

  // What a driver would do.
  void observe(std::size_t node);
  void read_slot(std::size_t node, Slot slot, std::uint64_t ticket);
  void claim(std::size_t node, std::optional<Slot> tip_expected = std::nullopt,
             std::optional<std::uint64_t> spec_version = std::nullopt);
  void freeze(std::size_t node);
  void release(std::size_t node);
  void withdraw(std::size_t node);
  void rumour(std::size_t node, Epoch epoch);
  /// A write by the service, if the store accepts it. `frozen`: somebody waits for it.
  void commit(std::size_t node, bool is_urgent = true);
  void crash(std::size_t node, Disk disk);
  /// The next version of the spec.
  void deploy(bool is_undeploy);

  /// All that is due at this moment. Then `advance` for what comes later.
  void run();
  void advance(Duration by);

  /// Requests that `holds` picks wait in `held` until they are let go.
  std::function<bool(std::size_t node, const Effect&)> holds{};
  void let_go();
  /// The held requests are answered as unknown now, and land when they are let go.
  void time_out_held();

  /// Orders about the local store that fail.
  std::function<bool(const Effect&)> fails{};

  bool is_ready(std::size_t node) const { return nodes_[node].is_accepting; }
  const Journal& journal(std::size_t node) const { return *nodes_[node].journal; }
  ToyStore& store(std::size_t node) { return nodes_[node].store; }
  /// What the node told since the last call, a line each: `won 2`, `ready 2`, `frozen 3`.
  std::string told(std::size_t node);
  /// The journal as a line: `1:claim(1) 2:batch(1,1-2) 3:freeze(1,covers 2)`.
  std::string slots() const;

  Instant now{};
  UnitId unit{"ledger", 0};
  Journal::UnitPolicy policy{};
  ToyObjects objects{};
  Referee referee{unit, objects};
  Faults faults{};
  std::size_t creates = 0;             ///< Puts of entries, repeated ones included.
  std::uint64_t fingerprint = 0;       ///< Of all that the engines said.
  std::vector<std::string> alarms{};   ///< But of an object store that refuses.
  std::map<std::string, int> marks{};  ///< Rare paths taken.

 private:
  struct Node {
    std::unique_ptr<Journal> journal{};
    unsigned boot = 0;
    ToyStore store{}, other_volume{};
    ToyStore::Files build{};
    std::map<std::uint64_t, ToyStore> checkpoints{};
    bool is_accepting = false;
    Epoch serving = 0;
    Sequence acknowledged = 0;
    Instant store_free_at{};
    std::string told{};
  };
  struct Order {
    std::size_t node = 0;
    unsigned boot = 0;
    Effect effect;
    std::string bytes{};  ///< Upload: what the file held when it was ordered.
    bool is_answered = false;
  };
  using Act = std::function<void()>;

  void start(std::size_t node);
  template <class Call>
  void into(std::size_t node, Call call);
  void take(std::size_t node, Outbox outbox);
  void take_effect(std::size_t node, const Effect& effect);
  void schedule(Order order);
  void at(Instant when, Act act);
  void perform(const Order& order);
  Answer perform_object(const Order& order);
  Answer perform_store(const Order& order);
  void answer(const Order& order, Answer answer, Instant when);
  bool is_dead(const Order& order) const { return nodes_[order.node].boot != order.boot; }
  Duration delay();

  Journal::Options options_;
  Random random_;
  std::vector<Node> nodes_;
  std::vector<Order> held_;
  std::map<std::pair<Instant, std::uint64_t>, Act> events_;
  std::uint64_t event_count_ = 0;
  std::uint64_t write_count_ = 0;
};

/// A word for what an order is about, for tests that hold some back.
template <class T>
const T* is_order(const Effect& effect) {
  return std::get_if<T>(&effect);
}
inline bool creates_entry(const Effect& effect, EntryType type) {
  const auto* create = std::get_if<CreateEntry>(&effect);
  return create != nullptr && create->entry->type == type;
}

}  // namespace gossamer::journal
