#include "driver/admissions.hpp"

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kNow = 1'500'000'000'000;
constexpr std::uint64_t kNowS = kNow / 1000;

wire::Admission admission(std::uint8_t node, std::uint64_t not_after_s = 0,
                          std::string_view cluster = "blue", std::uint8_t by = 100) {
  return wire::sign_admission(identity(by), identity(node).public_key(), cluster, not_after_s);
}

/// Node 1's, with authority 100.
struct Book {
  explicit Book(std::size_t remembered_max = 10, std::set<NodeId> listed = {})
      : book({std::move(listed), {identity(100).public_key()}}, identity(1).id(), "blue",
             remembered_max) {}
  bool admit(std::uint8_t node, const wire::Admission& given, std::uint64_t wall_ms = kNow) {
    return book.admit(identity(node).id(), identity(node).public_key(),
                      wire::encode_admission(given), wall_ms);
  }
  bool has(std::uint8_t node, std::uint64_t wall_ms = kNow) const {
    return book.has(identity(node).id(), wall_ms);
  }
  Admissions book;
};

TEST_CASE("admissions: without list and authority everybody is admitted", "[driver][admission]") {
  Admissions book{{}, identity(1).id(), "blue", 10};
  CHECK_FALSE(book.is_on());
  CHECK(book.has(identity(2).id(), kNow));
  CHECK(book.admit(identity(2).id(), identity(2).public_key(), {}, kNow));
}

TEST_CASE("admissions: who is listed needs none, and so does this node itself",
          "[driver][admission]") {
  Book book{10, {identity(2).id()}};
  CHECK(book.has(1));
  CHECK(book.has(2));
  CHECK_FALSE(book.has(3));
  CHECK(book.book.admit(identity(2).id(), identity(2).public_key(), {}, kNow));
  CHECK_FALSE(book.book.admit(identity(3).id(), identity(3).public_key(), {}, kNow));
}

TEST_CASE(
    "admissions: one counts if an authority signed it for this node and cluster and it has not "
    "ended",
    "[driver][admission]") {
  Book book;
  CHECK_FALSE(book.admit(2, admission(3)));
  CHECK_FALSE(book.admit(2, admission(2, 0, "green")));
  CHECK_FALSE(book.admit(2, admission(2, 0, "blue", 101)));
  CHECK_FALSE(book.admit(2, admission(2, kNowS - 1)));
  CHECK_FALSE(book.has(2));
  CHECK(book.admit(2, admission(2, kNowS)));
  CHECK(book.has(2));
}

TEST_CASE("admissions: one that has ended is told of once, and one that is renewed is not",
          "[driver][admission]") {
  Book book;
  REQUIRE(book.admit(2, admission(2, kNowS + 5)));
  REQUIRE(book.admit(3, admission(3, kNowS + 5)));
  REQUIRE(book.admit(3, admission(3, kNowS + 50)));
  CHECK(book.book.take_ended(kNow + 5'000).empty());
  CHECK_FALSE(book.has(2, kNow + 6'000));
  CHECK(book.book.take_ended(kNow + 6'000) == std::vector<NodeId>{identity(2).id()});
  CHECK(book.book.take_ended(kNow + 6'000).empty());
  CHECK(book.has(3, kNow + 6'000));
}

TEST_CASE("admissions: a bad one does not undo a good one", "[driver][admission]") {
  Book book;
  REQUIRE(book.admit(2, admission(2)));
  CHECK_FALSE(book.admit(2, admission(2, 0, "green")));
  CHECK(book.has(2));
}

TEST_CASE("admissions: beyond the bound nobody is remembered, until only members are",
          "[driver][admission]") {
  Book book{2};
  REQUIRE(book.admit(2, admission(2)));
  REQUIRE(book.admit(3, admission(3)));
  CHECK(book.book.is_full());
  CHECK_FALSE(book.admit(4, admission(4)));
  CHECK(book.admit(3, admission(3, kNowS + 5)));  // It has its place.
  auto members = std::make_shared<std::vector<Member>>();
  members->push_back(Member{identity(3).id()});
  book.book.keep_only(MemberView{members});
  CHECK_FALSE(book.has(2));
  CHECK(book.has(3));
  CHECK(book.admit(4, admission(4)));
}

TEST_CASE(
    "strangers: each is told of once in a while, one that may only be unknown yet after a time",
    "[driver][admission]") {
  Strangers strangers;
  const Instant start{seconds{1}};
  CHECK(strangers.on_heard(start, identity(2).id(), true));
  CHECK_FALSE(strangers.on_heard(start, identity(2).id(), true));
  CHECK_FALSE(strangers.on_heard(start, identity(3).id(), false));
  CHECK_FALSE(strangers.on_heard(start + seconds{9}, identity(3).id(), false));
  CHECK(strangers.on_heard(start + Strangers::kGrace, identity(3).id(), false));
  CHECK(strangers.on_heard(start + Strangers::kMemory, identity(2).id(), true));
}

TEST_CASE("strangers: however many ids are made up, few are told of", "[driver][admission]") {
  Strangers strangers;
  std::size_t told = 0;
  for (int i = 0; i < 1000; ++i) {
    NodeId id;
    id.bytes[0] = static_cast<std::uint8_t>(i);
    id.bytes[1] = static_cast<std::uint8_t>(i >> 8);
    id.bytes[2] = 1;
    told += strangers.on_heard(Instant{seconds{1}}, id, true) ? 1 : 0;
  }
  CHECK(told == Strangers::kStrangersMax);
}

}  // namespace
}  // namespace gossamer::driver
