#include <vector>

#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;

TEST_CASE("sim: a stopped process runs what came meanwhile when it is resumed") {
  const bool timers_first = GENERATE(true, false);
  SimFixture world;
  std::vector<std::string> seen;
  world.process->after(1ms, [&] { seen.push_back("input"); });
  world.process->timer_at(world.queue.now() + 2ms, [&] { seen.push_back("timer"); });
  world.process->stop();
  world.run_for(1s);
  CHECK(seen.empty());
  CHECK(world.process->backlog() == 2);
  world.process->resume(timers_first);
  world.run_for(1ms);
  using Seen = std::vector<std::string>;
  CHECK(seen == (timers_first ? Seen{"timer", "input"} : Seen{"input", "timer"}));
}

TEST_CASE("sim: an ended process runs nothing more, stopped or not") {
  SimFixture world;
  bool has_run = false;
  world.process->after(1ms, [&] { has_run = true; });
  world.process->stop();
  world.run_for(5ms);
  world.process->after(10ms, [&] { has_run = true; });
  world.process->end();
  world.process->resume(true);
  world.run_for(1s);
  CHECK_FALSE(has_run);
}

TEST_CASE("sim: after every task, and only then, the process looks after itself") {
  EventQueue queue;
  int looked = 0;
  const auto process = std::make_shared<Process>(queue, [&] { ++looked; });
  process->post([] {});
  process->post([] {});
  process->after(1s, [] {});
  while (queue.run_next(Instant{} + 10ms)) {
  }
  CHECK(looked == 2);
}
