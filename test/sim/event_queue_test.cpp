#include <vector>

#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;

TEST_CASE("sim: events happen by time, and by the order of the calls at one time") {
  EventQueue queue;
  std::vector<int> seen;
  queue.after(2ms, [&] { seen.push_back(3); });
  queue.after(1ms, [&] { seen.push_back(1); });
  queue.after(1ms, [&] { seen.push_back(2); });
  queue.after(5ms, [&] { seen.push_back(4); });
  const Instant end = queue.now() + 4ms;
  while (queue.run_next(end)) {
  }
  CHECK(seen == std::vector<int>{1, 2, 3});
  CHECK(queue.now() == end);
  CHECK(queue.size() == 1);
  CHECK(queue.events_run() == 3);
}

TEST_CASE("sim: an event in the past happens now") {
  EventQueue queue;
  while (queue.run_next(Instant{} + 1s)) {
  }
  Instant at{};
  queue.at(Instant{}, [&] { at = queue.now(); });
  CHECK(queue.run_next(queue.now()));
  CHECK(at == Instant{} + 1s);
}
