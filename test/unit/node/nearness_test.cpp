#include "node/nearness.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace gossamer::node {
namespace {

using std::chrono::microseconds;

NodeId id(std::uint8_t number) {
  NodeId made;
  made.bytes[0] = number;
  return made;
}

MemberView zones(const std::vector<std::string>& of_each) {
  auto members = std::make_shared<std::vector<Member>>();
  for (std::size_t i = 0; i < of_each.size(); ++i) {
    Member member;
    member.id = id(static_cast<std::uint8_t>(i + 1));
    member.zone = of_each[i];
    members->push_back(std::move(member));
  }
  return MemberView{std::move(members)};
}

std::string order_of(const MemberView& members, const Nearness& nearness,
                     const std::vector<std::uint8_t>& nodes) {
  std::vector<NameRecord> records;
  RoundTrips round_trips;
  for (const std::uint8_t number : nodes) {
    NameRecord record;
    record.node = id(number);
    records.push_back(std::move(record));
    round_trips.push_back(nearness.of(id(number)));
  }
  std::string order;
  for (const NameRecord& record : nearest(std::move(records), round_trips, id(1), members)) {
    order += std::to_string(record.node.bytes[0]);
  }
  return order;
}

TEST_CASE("nearness: the newest round trip of each member counts, and who is gone is forgotten") {
  Nearness nearness;
  CHECK_FALSE(nearness.of(id(2)));
  nearness.note(id(3), microseconds{300});
  nearness.note(id(2), microseconds{200});
  nearness.note(id(3), microseconds{350});
  CHECK(nearness.of(id(2)) == microseconds{200});
  CHECK(nearness.of(id(3)) == microseconds{350});
  CHECK(nearness.size() == 2);
  nearness.keep_only(zones({"", ""}));
  CHECK(nearness.of(id(2)) == microseconds{200});
  CHECK_FALSE(nearness.of(id(3)));
  nearness.note(id(2), std::chrono::hours{9'000});
  CHECK(nearness.of(id(2)) > std::chrono::hours{1});
}

TEST_CASE("nearness: own records come first, then by round trip, those not measured last") {
  Nearness nearness;
  nearness.note(id(2), microseconds{900});
  nearness.note(id(3), microseconds{100});
  CHECK(order_of(zones({"", "", "", ""}), nearness, {4, 2, 3, 1}) == "1324");
}

TEST_CASE(
    "nearness: where round trips are equal or unknown the own zone comes first, else all stay") {
  const MemberView members = zones({"a", "b", "a", "b", "a"});
  Nearness nearness;
  CHECK(order_of(members, nearness, {2, 3, 4, 5}) == "3524");
  nearness.note(id(2), microseconds{500});
  CHECK(order_of(members, nearness, {3, 4, 5, 2}) == "2354");
  nearness.note(id(3), microseconds{500});
  CHECK(order_of(members, nearness, {4, 2, 5, 3}) == "3254");
}

TEST_CASE("nearness: two that do not say their zone are not in one, and unknown nodes are far") {
  CHECK(order_of(zones({"", "b", ""}), Nearness{}, {9, 2, 3}) == "923");
  Nearness nearness;
  nearness.note(id(3), microseconds{1});
  CHECK(order_of(zones({"", "b", ""}), nearness, {9, 2, 3}) == "392");
  CHECK(order_of(MemberView{}, Nearness{}, {3, 1, 2}) == "132");
}

}  // namespace
}  // namespace gossamer::node
