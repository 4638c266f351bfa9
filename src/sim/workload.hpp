#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sim/ledger.hpp"
#include "sim/sim_host.hpp"

namespace gossamer::sim {

/// Clients of the ledgers, outside of the cluster. Each finds the owner through some live node,
/// sends one increment at a time, and sends it again under the same id until it is acknowledged.
class Workload {
 public:
  Workload(World& world, std::vector<std::unique_ptr<SimHost>>& hosts, std::uint64_t seed);

  void begin();
  /// No client begins another increment.
  void finish() { is_finishing_ = true; }
  bool is_idle() const;
  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t attempts() const { return attempts_; }

 private:
  struct Client {
    std::uint64_t number = 0;
    std::uint64_t requests = 0;
    std::uint64_t attempt = 0;  ///< Tells the answer that is waited for from late ones.
    bool is_busy = false;
    UnitId unit{};
    LedgerRequest request{};
  };
  void think(Client& client);
  void draw_request(Client& client);
  void send(Client& client);
  void send_again(Client& client);
  void on_reply(Client& client, std::uint64_t attempt, bool is_ok);
  Duration draw_ms(std::int64_t low, std::int64_t high);

  World& world_;
  std::vector<std::unique_ptr<SimHost>>& hosts_;
  Random random_;
  std::vector<std::unique_ptr<Client>> clients_;
  bool is_finishing_ = false;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t attempts_ = 0;
};

}  // namespace gossamer::sim
