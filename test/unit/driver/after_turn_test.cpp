#include "driver/after_turn.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "driver/delays.hpp"

using namespace gossamer;
using namespace gossamer::driver;

TEST_CASE("driver: what a callback adds runs behind what waits already, never inside it",
          "[driver]") {
  AfterTurn after_turn;
  std::string story;
  after_turn.add([&] {
    story += "a(";
    after_turn.add([&] { story += "c"; });
    after_turn.run();  // As a turn begun from a callback would.
    story += ")";
  });
  after_turn.add([&] { story += "b"; });
  after_turn.run();
  CHECK(story == "a()bc");
}

TEST_CASE("driver: once the owner is gone nothing of the user's runs", "[driver]") {
  AfterTurn after_turn;
  int runs = 0;
  after_turn.add([&] {
    ++runs;
    after_turn.stop();
  });
  after_turn.add([&] { ++runs; });
  after_turn.run();
  after_turn.add([&] { ++runs; });
  after_turn.run();
  CHECK(runs == 1);
}

TEST_CASE("driver: delays come due in order of time, then of arrival", "[driver]") {
  Delays delays;
  std::string story;
  const auto at = [](int ms) { return Instant{std::chrono::milliseconds{ms}}; };
  delays.add(at(20), [&] { story += "c"; });
  delays.add(at(10), [&] { story += "a"; });
  delays.add(at(10), [&] { story += "b"; });
  CHECK(delays.next() == at(10));
  CHECK_FALSE(delays.take_due(at(9)));
  for (auto task = delays.take_due(at(20)); task; task = delays.take_due(at(20))) task();
  CHECK(story == "abc");
  CHECK_FALSE(delays.next().has_value());
}
