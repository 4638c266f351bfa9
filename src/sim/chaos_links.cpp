// What others' kernels and the network between say of a node, true or not.

#include <fmt/format.h>

#include <chrono>

#include "sim/chaos.hpp"

namespace gossamer::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Most deaths are of a process whose machine lives on and says so; of the others nobody says
// anything.
void Chaos::end_machine(SimHost& host) {
  if (links_random_.chance(1, 2)) return host.crash();
  host.lose_power();
}

void Chaos::next_of_links() {
  world_.queue.after(milliseconds{links_random_.between(100, 3'000)}, [this] {
    if (is_healed_ || world_.queue.now() >= until_) return;
    if (links_random_.chance(3, 4)) {
      reset_link();
    } else {
      reject();
    }
    next_of_links();
  });
}

void Chaos::reset_link() {
  SimLinks& links = world_.network.links();
  const std::vector<SimLinks::Standing> standing = links.standing();
  if (standing.empty()) return;
  const auto& [watcher, peer] = standing[links_random_.below(standing.size())];
  world_.witness.on_fault(fmt::format("n{}'s link to {} is reset", watcher, to_string(peer)));
  links.reset(watcher, peer);
}

// From one place only: who is refused from everywhere is as good as dead.
void Chaos::reject() {
  const auto from = static_cast<HostIndex>(links_random_.below(hosts_.size()));
  const bool is_all = links_random_.chance(1, 2);
  const auto to = static_cast<HostIndex>(links_random_.below(hosts_.size()));
  world_.witness.on_fault(is_all ? fmt::format("all that n{} connects to is refused", from)
                                 : fmt::format("n{} is refused at n{}", from, to));
  for (const auto& host : hosts_) {
    if (is_all || host->index() == to) world_.network.links().reject(from, host->index());
  }
  undo_after(milliseconds{links_random_.between(500, 10'000)}, [this, from] {
    for (const auto& host : hosts_) world_.network.links().admit(from, host->index());
  });
}

}  // namespace gossamer::sim
