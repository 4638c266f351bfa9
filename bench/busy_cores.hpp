#pragma once

#include <memory>
#include <vector>

#include "self_process.hpp"

namespace gossamer::bench {

/// Another program that keeps every core of the machine busy, for as long as this lives.
class BusyCores {
 public:
  BusyCores();

 private:
  std::vector<std::unique_ptr<SelfProcess>> processes_;
};

}  // namespace gossamer::bench
