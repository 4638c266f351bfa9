#pragma once

#include <catch2/catch.hpp>
#include <memory>

#include "sim/process.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim::test {

/// Virtual time, and a process in it that does nothing of its own.
struct SimFixture {
  EventQueue queue{};
  Witness witness{};
  std::shared_ptr<Process> process = make_process();

  std::shared_ptr<Process> make_process() {
    return std::make_shared<Process>(queue, [] {});
  }
  void run_for(Duration duration) {
    const Instant until = queue.now() + duration;
    while (queue.run_next(until)) {
    }
  }
  /// Fails the test if it takes longer than a virtual minute.
  void run_until(UniqueFunction<bool()> is_met) {
    const Instant until = queue.now() + std::chrono::minutes{1};
    while (!is_met()) REQUIRE(queue.run_next(until));
  }
};

}  // namespace gossamer::sim::test
