#include <catch2/catch.hpp>

#include "fixture.hpp"

namespace gossamer::naming {

TEST_CASE("naming: a record out of its bounds is refused by publish and by on_record",
          "[naming][bounds]") {
  struct Row {
    const char* why;
    NameRecord record;
    bool is_valid;
  };
  const auto named = [](std::size_t length) {
    NameRecord record;
    record.name = std::string(length, 'n');
    return record;
  };
  const auto with = [&](std::size_t attributes, std::size_t value_bytes) {
    NameRecord record = named(6);
    for (std::size_t i = 0; i < attributes; ++i) {
      record.attributes[std::string(1, static_cast<char>('a' + i))] = std::string(value_bytes, 'v');
    }
    return record;
  };
  NameRecord long_address = named(6);
  long_address.endpoint.address = std::string(65, '1');
  const std::vector<Row> rows{
      {"no name", named(0), false},
      {"the shortest name", named(1), true},
      {"the longest name", named(128), true},
      {"a longer name", named(129), false},
      {"as many attributes as may be", with(16, 15), true},
      {"one more attribute", with(17, 1), false},
      {"as many bytes as may be", with(1, kAttributeBytesMax - 1), true},
      {"one more byte", with(1, kAttributeBytesMax), false},
      {"an address that is none", long_address, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    Node one;
    one.see(all_alive(2));
    const auto published = one.naming.publish(one.now, row.record, one.outbox);
    CHECK(published.has_value() == row.is_valid);
    if (!published) CHECK(published.error().code == ErrorCode::invalid_argument);

    RecordStatement heard;
    heard.record = row.record;
    heard.record.node = node(2);
    heard.version = 1;
    CHECK(one.hear(heard) == row.is_valid);
  }
}

TEST_CASE("naming: only its author may say a record", "[naming]") {
  Node one;
  one.see(all_alive(3));
  Outbox outbox;
  CHECK_FALSE(one.naming.on_record(one.now, node(3), said(2, 1), outbox));
  CHECK(count<gossip::Trace>(outbox) == 1);
  CHECK(one.naming.record_count() == 0);

  NameRecord foreign = said(2, 1).record;
  CHECK_FALSE(one.naming.publish(one.now, foreign, outbox));
}

TEST_CASE(
    "naming: of two versions of a record the higher one is held, in whichever order they come",
    "[naming][law]") {
  struct Row {
    const char* why;
    std::vector<RecordStatement> heard;
    std::vector<bool> is_news;
    std::uint16_t port;  // of the answer; 0: none
  };
  const std::vector<Row> rows{
      {"newer last", {said(2, 1), said(2, 2)}, {true, true}, 2},
      {"newer first", {said(2, 2), said(2, 1)}, {true, false}, 2},
      {"the same twice", {said(2, 2), said(2, 2)}, {true, false}, 2},
      {"withdrawn last", {said(2, 2), withdrawn(said(2, 3))}, {true, true}, 0},
      {"withdrawn first", {withdrawn(said(2, 3)), said(2, 2)}, {true, false}, 0},
      {"back after a withdrawal", {withdrawn(said(2, 3)), said(2, 4)}, {true, true}, 4},
      {"a version of zero", {said(2, 0)}, {false}, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    Node one;
    one.see(all_alive(2));
    for (std::size_t i = 0; i < row.heard.size(); ++i) {
      CHECK(one.hear(row.heard[i]) == row.is_news[i]);
    }
    const auto answer = one.naming.resolve("ledger");
    REQUIRE(answer.size() == (row.port == 0 ? 0 : 1));
    if (row.port != 0) CHECK(answer[0].endpoint.port == row.port);
  }
}

TEST_CASE("naming: publish raises the version only when something changed", "[naming]") {
  Naming::Options options;
  options.first_version = 1000;
  Node one{options};
  one.see(all_alive(1));
  NameRecord record = said(1, 7).record;
  Outbox outbox;
  REQUIRE(one.naming.publish(one.now, record, outbox));
  REQUIRE(one.naming.publish(one.now, record, outbox));
  record.attributes["zone"] = "b";
  REQUIRE(one.naming.publish(one.now, record, outbox));
  const auto published = all<Publish>(outbox);
  REQUIRE(published.size() == 2);
  CHECK(published[0].statement.version == 1000);
  CHECK(published[1].statement.version == 1001);
  CHECK(published[1].statement.record == record);
  // One outbox, one name: told once.
  CHECK(count<Changed>(outbox) == 1);
}

TEST_CASE("naming: withdraw publishes a tombstone once, and the record counts no more",
          "[naming]") {
  Node one;
  one.see(all_alive(1));
  Outbox outbox;
  REQUIRE(one.naming.publish(one.now, said(1, 7).record, outbox));
  outbox.clear();
  one.naming.withdraw(one.now, "ledger", 1, outbox);
  CHECK(outbox.empty());
  one.naming.withdraw(one.now, "ledger", 0, outbox);
  one.naming.withdraw(one.now, "ledger", 0, outbox);
  const auto published = all<Publish>(outbox);
  REQUIRE(published.size() == 1);
  CHECK(published[0].statement.is_withdrawn);
  CHECK(count<Changed>(outbox) == 1);
  CHECK(one.answer().empty());
  CHECK(one.naming.names().empty());
}

TEST_CASE("naming: at records_max nothing more is held, and what is held goes on",
          "[naming][bounds]") {
  Naming::Options options;
  options.records_max = 3;
  Node one{options};
  one.see(all_alive(9));
  CHECK(one.hear(said(2, 1)));
  CHECK(one.hear(said(3, 1)));
  CHECK(one.hear(said(4, 1)));
  CHECK_FALSE(one.hear(said(5, 1)));
  CHECK(count<gossip::Trace>(one.outbox) == 1);
  CHECK(one.hear(said(4, 2)));
  Outbox outbox;
  const auto published = one.naming.publish(one.now, said(1, 1).record, outbox);
  REQUIRE_FALSE(published);
  CHECK(published.error().code == ErrorCode::resource_exhausted);
  CHECK(one.naming.record_count() == 3);
}

TEST_CASE("naming: a cached record gives way at records_max", "[naming][bounds]") {
  Naming::Options options;
  options.records_max = 2;
  Node one{options};
  one.naming.on_cached(node(8), said(8, 1));
  one.naming.on_cached(node(9), said(9, 1));
  one.naming.on_cached(node(7), said(7, 1));
  CHECK(one.naming.record_count() == 2);
  one.see(all_alive(3));
  CHECK(one.hear(said(2, 1)));
  CHECK(one.naming.record_count() == 2);
  CHECK(one.answer() == "2:0 9:0?");
}

TEST_CASE("naming: what an earlier run of this node left behind is withdrawn", "[naming]") {
  Naming::Options options;
  options.first_version = 50;
  Node one{options};
  one.see(all_alive(2));

  SECTION("a record that this run does not publish") {
    CHECK_FALSE(one.hear(said(1, 9)));
    const auto published = all<Publish>(one.outbox);
    REQUIRE(published.size() == 1);
    CHECK(published[0].statement.is_withdrawn);
    CHECK(published[0].statement.version == 50);
    CHECK(one.answer().empty());
  }
  SECTION("a version above ours, as of a lost boot counter, is outranked") {
    Outbox outbox;
    REQUIRE(one.naming.publish(one.now, said(1, 7).record, outbox));
    CHECK_FALSE(one.hear(said(1, 900)));
    const auto published = all<Publish>(one.outbox);
    REQUIRE(published.size() == 1);
    CHECK_FALSE(published[0].statement.is_withdrawn);
    CHECK(published[0].statement.version == 901);
    CHECK(published[0].statement.record.endpoint.port == 7);
  }
  SECTION("our own record come back to us is nothing new") {
    Outbox outbox;
    REQUIRE(one.naming.publish(one.now, said(1, 7).record, outbox));
    CHECK_FALSE(one.hear(all<Publish>(outbox)[0].statement));
    CHECK(one.outbox.empty());
  }
  SECTION("a version that nothing can outrank is left alone") {
    RecordStatement last = said(1, ~std::uint64_t{0});
    CHECK_FALSE(one.hear(last));
    CHECK(count<Publish>(one.outbox) == 0);
  }
  SECTION("a tombstone of ours is held and told like any other") {
    CHECK(one.hear(withdrawn(said(1, 9))));
    CHECK(count<Publish>(one.outbox) == 0);
  }
}

TEST_CASE("naming: own records in the cache are withdrawn with the first view", "[naming][cache]") {
  Naming::Options options;
  options.first_version = 50;
  Node one{options};
  one.naming.on_cached(node(1), said(1, 9));
  one.naming.on_cached(node(1), said(1, 8, 0, "web"));
  CHECK(one.answer().empty());
  Outbox outbox;
  REQUIRE(one.naming.publish(one.now, said(1, 7, 0, "web").record, outbox));
  one.see(all_alive(1));
  const auto published = all<Publish>(one.outbox);
  REQUIRE(published.size() == 1);
  CHECK(published[0].statement.record.name == "ledger");
  CHECK(published[0].statement.is_withdrawn);
  CHECK(one.answer("web") == "1:0");
}

}  // namespace gossamer::naming
