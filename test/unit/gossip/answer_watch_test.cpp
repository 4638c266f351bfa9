#include "gossip/answer_watch.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "unit/gossip/toy_entries.hpp"

namespace gossamer::gossip {
namespace {

using toy::at;
using toy::endpoint;
using toy::node;

TEST_CASE("gossip: answers are missing when three questions have had none for some seconds",
          "[gossip][sync]") {
  AnswerWatch watch;
  watch.on_asked(at(0));
  watch.on_asked(at(100));
  CHECK_FALSE(watch.is_missing_answers(at(9'000)));
  watch.on_asked(at(9'100));
  CHECK(watch.is_missing_answers(at(9'100)));
  SECTION("until one comes") {
    watch.on_answered();
    CHECK_FALSE(watch.is_missing_answers(at(9'200)));
    watch.on_asked(at(9'300));
    CHECK_FALSE(watch.is_missing_answers(at(20'000)));
  }
  SECTION("or nothing has been asked for a minute") {
    CHECK(watch.is_missing_answers(at(69'100)));
    CHECK_FALSE(watch.is_missing_answers(at(69'101)));
    watch.on_asked(at(70'000));
    CHECK_FALSE(watch.is_missing_answers(at(80'000)));
  }
}

TEST_CASE("gossip: three questions at once are given time to be answered", "[gossip][sync]") {
  AnswerWatch watch;
  for (int i = 0; i < 10; ++i) watch.on_asked(at(i));
  CHECK_FALSE(watch.is_missing_answers(at(2'999)));
  CHECK(watch.is_missing_answers(at(3'000)));
}

TEST_CASE("gossip: who is told that others differ and hears no more by stream misses answers",
          "[gossip][sync]") {
  Gossip one{MembershipOptions{}, node(1), 1};
  one.put(at(0), toy::record(1));
  Outbox outbox;
  const SyncBuckets others{std::vector<std::uint64_t>(kBucketCount, 9)};
  for (int i = 0; i < 4; ++i) one.on_message(at(1'000 * i), endpoint(2), others, outbox);
  CHECK(one.is_missing_answers(at(3'000)));
  SECTION("until something does come by stream") {
    one.on_message(at(4'000), endpoint(3), SyncWants{}, outbox);
    CHECK_FALSE(one.is_missing_answers(at(4'000)));
  }
  SECTION("or another is seen to hold the same") {
    one.on_message(at(4'000), endpoint(3), SyncDigest{one.replica().digest(), 1}, outbox);
    CHECK_FALSE(one.is_missing_answers(at(4'000)));
  }
}

}  // namespace
}  // namespace gossamer::gossip
