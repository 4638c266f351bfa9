#include "membership/inquiries.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::milliseconds;
using toy::node;
using toy::statement;

MemberTable table_of(std::uint8_t last) {
  MemberTable table{200};
  for (std::uint8_t i = 1; i <= last; ++i) {
    table.insert(node(i), statement(i), {MemberState::alive, 1});
  }
  return table;
}

std::size_t requests(const Outbox& outbox) {
  std::size_t count = 0;
  for (const Effect& effect : outbox) {
    const auto* send = std::get_if<Send>(&effect);
    count += send != nullptr && std::holds_alternative<PingRequest>(send->message) ? 1 : 0;
  }
  return count;
}

TEST_CASE(
    "membership: in a cluster of three the only helper is chosen in every one of a million rounds",
    "[membership][inquiries]") {
  const MemberTable table = table_of(3);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  std::size_t chosen = 0;
  for (int round = 0; round < 1'000'000; ++round) {
    outbox.clear();
    inquiries.begin(at(0), node(2), Purpose::probe, milliseconds{100}, {}, table, outbox);
    inquiries.on_deadline(at(100), {}, table, outbox);
    chosen += requests(outbox) == 1 ? 1 : 0;
    inquiries.clear();
  }
  CHECK(chosen == 1'000'000);
}

/// What left in one step.
struct Sent {
  std::size_t pings = 0;
  std::size_t streams = 0;
  std::size_t requests = 0;
  bool operator==(const Sent&) const = default;
};

Sent sent(const Outbox& outbox) {
  Sent sent;
  for (const Effect& effect : outbox) {
    const auto* send = std::get_if<Send>(&effect);
    if (send == nullptr || !std::holds_alternative<Ping>(send->message)) continue;
    ++(send->by_stream ? sent.streams : sent.pings);
  }
  sent.requests = requests(outbox);
  return sent;
}

TEST_CASE("membership: each purpose has its steps, each of them its time, and only probes count",
          "[membership][inquiries]") {
  struct Row {
    Purpose purpose;
    std::uint8_t members;
    std::vector<Sent> steps;
  };
  const auto row = GENERATE(values<Row>({
      {Purpose::probe, 9, {{1, 0, 0}, {1, 1, 3}, {1, 0, 3}}},
      {Purpose::probe, 4, {{1, 0, 0}, {1, 1, 2}, {1, 0, 2}}},  // The same two again.
      {Purpose::probe, 2, {{1, 0, 0}, {1, 1, 0}, {1, 0, 0}}},
      {Purpose::check, 9, {{1, 0, 1}, {1, 0, 0}}},
      {Purpose::look, 9, {{1, 0, 2}, {0, 0, 0}}},
      {Purpose::touch, 9, {{1, 0, 0}}},
  }));
  const MemberTable table = table_of(row.members);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  inquiries.begin(at(0), node(2), row.purpose, milliseconds{100}, {}, table, outbox);
  std::vector<Inquiries::Silence> silent;
  std::int64_t ms = 0;
  for (const Sent& step : row.steps) {
    CHECK(silent.empty());
    CHECK(sent(outbox) == step);
    outbox.clear();
    ms += 100;
    CHECK(inquiries.on_deadline(at(ms - 1), {}, table, outbox).empty());
    CHECK(outbox.empty());
    silent = inquiries.on_deadline(at(ms), {}, table, outbox);
  }
  CHECK(silent.size() == 1);
  CHECK(outbox.empty());
  const bool is_probe = row.purpose == Purpose::probe;
  CHECK(inquiries.counts().begun == (is_probe ? 1 : 0));
  CHECK(inquiries.counts().late == (is_probe ? 1 : 0));
  CHECK(inquiries.counts().silent == (is_probe ? 1 : 0));
}

TEST_CASE(
    "membership: what a helper passes on measures nothing, and who was not asked is no helper",
    "[membership][inquiries]") {
  const MemberTable table = table_of(3);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  inquiries.begin(at(0), node(2), Purpose::check, milliseconds{100}, {}, table, outbox);
  const auto sequence = std::get<Ping>(std::get<Send>(outbox[0]).message).sequence;
  CHECK_FALSE(inquiries.on_nack(node(4), sequence));
  CHECK_FALSE(inquiries.on_nack(node(2), sequence));
  CHECK(inquiries.on_nack(node(3), sequence));
  const auto answered = inquiries.on_ack(at(10), node(3), sequence);
  REQUIRE(answered);
  CHECK_FALSE(answered->round_trip);
}

TEST_CASE("membership: several are asked at once, each once for a purpose, and not without bound",
          "[membership][inquiries]") {
  const MemberTable table = table_of(190);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  const auto ask = [&](std::uint8_t target, Purpose purpose) {
    outbox.clear();
    inquiries.begin(at(0), node(target), purpose, milliseconds{100}, {}, table, outbox);
    return !outbox.empty();
  };
  CHECK(ask(2, Purpose::probe));
  CHECK_FALSE(ask(2, Purpose::probe));
  CHECK(ask(2, Purpose::check));
  CHECK_FALSE(ask(199, Purpose::probe));
  for (std::uint8_t i = 3; i < 190; ++i) ask(i, Purpose::probe);
  std::size_t silent = 0;
  for (const std::int64_t ms : {100, 200, 300}) {
    silent += inquiries.on_deadline(at(ms), {}, table, outbox).size();
  }
  CHECK(silent == Inquiries::kInquiriesMax);
  CHECK_FALSE(inquiries.next_deadline());
}

TEST_CASE("membership: what others have us look into leaves room for probes",
          "[membership][inquiries][hostile]") {
  const MemberTable table = table_of(190);
  Inquiries inquiries{{}, node(1), 1};
  const auto is_asked = [&](std::uint8_t target, Purpose purpose) {
    Outbox outbox;
    inquiries.begin(at(0), node(target), purpose, milliseconds{100}, {}, table, outbox);
    return std::any_of(outbox.begin(), outbox.end(),
                       [](const Effect& effect) { return std::holds_alternative<Send>(effect); });
  };
  for (std::uint8_t i = 2; i < 180; ++i) is_asked(i, Purpose::check);
  CHECK_FALSE(is_asked(180, Purpose::check));
  CHECK_FALSE(is_asked(180, Purpose::touch));
  CHECK(is_asked(180, Purpose::probe));
}

std::vector<std::uint64_t> ping_numbers(const Outbox& outbox, bool by_stream = false) {
  std::vector<std::uint64_t> numbers;
  for (const Effect& effect : outbox) {
    const auto* send = std::get_if<Send>(&effect);
    const auto* ping = send == nullptr ? nullptr : std::get_if<Ping>(&send->message);
    if (ping != nullptr && send->by_stream == by_stream) numbers.push_back(ping->sequence);
  }
  return numbers;
}

TEST_CASE("membership: each ping by datagram that is answered directly measures its round trip",
          "[membership][inquiries][round_trips]") {
  const MemberTable table = table_of(3);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  inquiries.begin(at(0), node(2), Purpose::probe, milliseconds{100}, {}, table, outbox);
  inquiries.on_deadline(at(100), {}, table, outbox);
  inquiries.on_deadline(at(200), {}, table, outbox);
  const auto numbers = ping_numbers(outbox);
  REQUIRE(numbers.size() == 3);
  const auto round_trip = [&](std::uint8_t from, std::uint64_t number) {
    const auto answered = inquiries.on_ack(at(210), node(from), number);
    REQUIRE(answered);
    return answered->round_trip;
  };
  SECTION("the first") {
    CHECK(round_trip(2, numbers[0]) == milliseconds{210});
  }
  SECTION("the second") {
    CHECK(round_trip(2, numbers[1]) == milliseconds{110});
  }
  SECTION("the third") {
    CHECK(round_trip(2, numbers[2]) == milliseconds{10});
  }
  SECTION("by stream: no") {
    const auto by_stream = ping_numbers(outbox, true);
    REQUIRE(by_stream.size() == 1);
    CHECK_FALSE(round_trip(2, by_stream[0]));
  }
  SECTION("through a helper: no") {
    CHECK_FALSE(round_trip(3, numbers[0]));
  }
}

TEST_CASE("membership: a ping that was not sent yet measures nothing",
          "[membership][inquiries][hostile]") {
  const MemberTable table = table_of(3);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  inquiries.begin(at(0), node(2), Purpose::probe, milliseconds{100}, {}, table, outbox);
  const std::uint64_t first = ping_numbers(outbox).at(0);
  CHECK_FALSE(inquiries.on_ack(at(50), node(2), first - 1));
  CHECK_FALSE(inquiries.on_ack(at(50), node(2), first + 4));
  const auto answered = inquiries.on_ack(at(50), node(2), first + 1);
  REQUIRE(answered);
  CHECK_FALSE(answered->round_trip);
}

TEST_CASE("membership: an answer that comes when its time is over counts, if it is the target's",
          "[membership][inquiries][round_trips]") {
  const MemberTable table = table_of(3);
  Inquiries::Options options;
  options.hears_overdue = GENERATE(true, false);
  Inquiries inquiries{options, node(1), 1};
  Outbox outbox;
  inquiries.begin(at(0), node(2), Purpose::probe, milliseconds{100}, {}, table, outbox);
  for (const std::int64_t ms : {100, 200}) inquiries.on_deadline(at(ms), {}, table, outbox);
  CHECK(inquiries.on_deadline(at(300), {}, table, outbox).size() == 1);
  CHECK_FALSE(inquiries.next_deadline());
  CHECK_FALSE(inquiries.is_asking(node(2), Purpose::probe));
  const std::uint64_t number = ping_numbers(outbox).at(1);
  SECTION("a helper's does not") {
    CHECK_FALSE(inquiries.on_ack(at(410), node(3), number));
  }
  SECTION("once") {
    const auto answered = inquiries.on_ack(at(410), node(2), number);
    REQUIRE(answered.has_value() == options.hears_overdue);
    if (answered) CHECK(answered->round_trip == milliseconds{310});
    CHECK_FALSE(inquiries.on_ack(at(410), node(2), number));
  }
  SECTION("for three seconds") {
    CHECK(inquiries.on_ack(at(3'000), node(2), number).has_value() == options.hears_overdue);
  }
  SECTION("and no longer") {
    CHECK_FALSE(inquiries.on_ack(at(3'001), node(2), number));
  }
  SECTION("not over a stall") {
    inquiries.clear();
    CHECK_FALSE(inquiries.on_ack(at(410), node(2), number));
  }
}

TEST_CASE("membership: who is not heard at all meanwhile may be cut off",
          "[membership][inquiries]") {
  const MemberTable table = table_of(3);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  const bool has_heard = GENERATE(true, false);
  const auto purpose = GENERATE(Purpose::probe, Purpose::check);
  inquiries.note_heard();
  inquiries.begin(at(0), node(2), purpose, milliseconds{100}, {}, table, outbox);
  if (has_heard) inquiries.note_heard();
  CHECK(inquiries.on_deadline(at(100), {}, table, outbox).empty());
  auto silent = inquiries.on_deadline(at(200), {}, table, outbox);
  if (silent.empty()) silent = inquiries.on_deadline(at(300), {}, table, outbox);
  REQUIRE(silent.size() == 1);
  CHECK(silent[0].target == node(2));
  CHECK(silent[0].is_cut_off == (!has_heard && purpose == Purpose::probe));
  CHECK(silent[0].is_unwitnessed == (purpose == Purpose::probe));
}

TEST_CASE(
    "membership: a step that comes late gives those asked their time, unless it is plain SWIM's",
    "[membership][inquiries]") {
  const MemberTable table = table_of(3);
  Inquiries::Options options;
  options.forgives_lateness = GENERATE(true, false);
  Inquiries inquiries{options, node(1), 1};
  Outbox outbox;
  inquiries.begin(at(0), node(2), Purpose::probe, milliseconds{100}, {}, table, outbox);
  CHECK(inquiries.on_deadline(at(12'000), {}, table, outbox).empty());
  inquiries.on_deadline(at(12'000), {}, table, outbox);
  CHECK(inquiries.on_deadline(at(12'000), {}, table, outbox).empty() == options.forgives_lateness);
}

TEST_CASE("membership: helpers who have had their time must say that they tried",
          "[membership][inquiries]") {
  const MemberTable table = table_of(30);
  Inquiries inquiries{{}, node(1), 1};
  Outbox outbox;
  inquiries.begin(at(0), node(2), Purpose::probe, milliseconds{100}, {}, table, outbox);
  const auto sequence = std::get<Ping>(std::get<Send>(outbox[0]).message).sequence;
  outbox.clear();
  inquiries.on_deadline(at(100), {}, table, outbox);
  const std::size_t nacks = GENERATE(2u, 3u);
  std::size_t said = 0;
  for (const Effect& effect : outbox) {
    const Send& send = std::get<Send>(effect);
    if (!std::holds_alternative<PingRequest>(send.message) || said == nacks) continue;
    const auto helper = static_cast<std::uint8_t>(std::stoi(send.to.address.substr(7)));
    CHECK(inquiries.on_nack(node(helper), sequence));
    ++said;
  }
  inquiries.on_deadline(at(200), {}, table, outbox);
  const auto silent = inquiries.on_deadline(at(300), {}, table, outbox);
  REQUIRE(silent.size() == 1);
  CHECK(silent[0].is_unwitnessed == (nacks < 3));
}

}  // namespace
}  // namespace gossamer::membership
