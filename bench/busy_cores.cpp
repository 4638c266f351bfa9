#include "busy_cores.hpp"

#include <algorithm>
#include <thread>

#include "child.hpp"

namespace gossamer::bench {

BusyCores::BusyCores() {
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    processes_.push_back(std::make_unique<SelfProcess>(std::vector<std::string>{kSpinCommand}));
  }
}

}  // namespace gossamer::bench
