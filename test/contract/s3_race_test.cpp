#include "contract/s3_race.hpp"

#include <iostream>

#include "contract/s3_cloud_fixture.hpp"

namespace gossamer::test {
namespace {

using Kind = FakeFault::Kind;

// Everything that can befall a request, each to a few of a hundred.
void add_every_fault(FakeCloud& cloud) {
  const auto add = [&](Kind kind, std::uint32_t percent, int status, const char* code,
                       int delay_ms) {
    FakeFault fault;
    fault.kind = kind;
    fault.service = "s3";
    fault.percent = percent;
    fault.status = status;
    fault.code = code;
    fault.delay = std::chrono::milliseconds{delay_ms};
    cloud.add_fault(fault);
  };
  add(Kind::status, 5, 500, "InternalError", 0);
  add(Kind::status, 5, 503, "SlowDown", 0);
  add(Kind::status, 5, 409, "ConditionalRequestConflict", 0);
  add(Kind::status, 1, 403, "AccessDenied", 0);
  add(Kind::status_after_success, 10, 500, "InternalError", 0);
  add(Kind::status_after_success, 3, 409, "OperationAborted", 0);
  add(Kind::status_after_success, 1, 403, "AccessDenied", 0);
  add(Kind::late, 5, 500, "InternalError", 40);
  add(Kind::hang, 1, 0, "", 0);
  add(Kind::hang_after_success, 2, 0, "", 0);
  add(Kind::reset, 5, 0, "", 0);
  add(Kind::torn, 5, 0, "", 0);
  add(Kind::slow, 2, 0, "", 20);
  add(Kind::skewed_clock, 2, 0, "", 3'600'000);
  add(Kind::expired_token, 1, 0, "", 0);
}

TEST_CASE(
    "s3: one of eight racing creates wins in each of 1,000 rounds, and knows it, under every "
    "fault",
    "[s3][race]") {
  objects::S3Limits limits = quick_limits();
  limits.timeouts.first_byte = std::chrono::milliseconds{200};
  S3CloudFixture objects{limits};
  add_every_fault(*objects.cloud);
  const RaceFigures figures = race(objects, 1'000);
  CHECK(figures.winners == 1'000);
  // The faults did strike.
  CHECK(figures.unknowns > 500);
  std::cout << figures.rounds << " rounds, " << figures.creates << " creates, " << figures.unknowns
            << " of them unknown, " << objects.cloud->counters()["s3.PutObject"] << " puts sent\n";
}

TEST_CASE("s3: a server that overwrites gives a race several winners, which the test would see",
          "[s3][race]") {
  S3CloudFixture objects;
  FakeFault fault;
  fault.kind = Kind::unconditional;
  objects.cloud->add_fault(fault);
  std::vector<std::shared_ptr<Racer>> racers;
  for (int i = 0; i < 8; ++i) {
    racers.push_back(std::make_shared<Racer>(objects.store(), "a", std::to_string(i)));
    racers.back()->create();
  }
  objects.run_until([&] {
    return std::all_of(racers.begin(), racers.end(), [](auto& racer) { return racer->is_certain; });
  });
  CHECK(std::count_if(racers.begin(), racers.end(), [](auto& racer) { return racer->has_won; }) ==
        8);
}

}  // namespace
}  // namespace gossamer::test
