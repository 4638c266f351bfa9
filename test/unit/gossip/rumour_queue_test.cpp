#include "gossip/rumour_queue.hpp"

#include <catch2/catch.hpp>

namespace gossamer::gossip {
namespace {

EntryKey key(const std::string& name) {
  return {EntryKind::record, {}, name};
}
std::size_t ten_bytes(const EntryKey&) {
  return 10;
}

TEST_CASE("gossip: the least-told rumour goes first, and the newest first among equals",
          "[gossip][rumours]") {
  RumourQueue queue{8};
  queue.push(key("a"));
  queue.push(key("b"));
  CHECK(queue.take(10, 9, ten_bytes) == std::vector{key("b")});
  CHECK(queue.take(10, 9, ten_bytes) == std::vector{key("a")});
  queue.push(key("c"));
  CHECK(queue.take(100, 9, ten_bytes) == std::vector{key("c"), key("b"), key("a")});
}

TEST_CASE("gossip: a rumour is told as often as stated, then dropped", "[gossip][rumours]") {
  RumourQueue queue{8};
  queue.push(key("a"));
  for (int telling = 0; telling < 3; ++telling) CHECK(queue.take(10, 3, ten_bytes).size() == 1);
  CHECK(queue.is_empty());
  CHECK(queue.take(10, 3, ten_bytes).empty());
}

TEST_CASE("gossip: newer news of a key starts its tellings again", "[gossip][rumours]") {
  RumourQueue queue{8};
  queue.push(key("a"));
  CHECK(queue.take(10, 2, ten_bytes).size() == 1);
  queue.push(key("a"));
  CHECK(queue.size() == 1);
  CHECK(queue.take(10, 2, ten_bytes).size() == 1);
  CHECK_FALSE(queue.is_empty());
}

TEST_CASE("gossip: a full rumour queue forgets the most-told, then the oldest",
          "[gossip][rumours]") {
  RumourQueue queue{3};
  queue.push(key("a"));
  queue.push(key("b"));
  CHECK(queue.take(20, 9, ten_bytes).size() == 2);
  queue.push(key("c"));
  queue.push(key("d"));
  CHECK(queue.size() == 3);
  CHECK(queue.take(100, 9, ten_bytes) == std::vector{key("d"), key("c"), key("b")});
  for (int i = 0; i < 1000; ++i) queue.push(key(std::to_string(i)));
  CHECK(queue.size() == 3);
}

TEST_CASE("gossip: what does not fit waits for a packet with more room", "[gossip][rumours]") {
  RumourQueue queue{8};
  queue.push(key("small"));
  queue.push(key("large"));
  const auto size_of = [](const EntryKey& k) { return std::size_t{k.name == "large" ? 80u : 10u}; };
  CHECK(queue.take(50, 9, size_of) == std::vector{key("small")});
  CHECK(queue.take(100, 9, size_of) == std::vector{key("large"), key("small")});
}

TEST_CASE("gossip: only rumours told less often than asked for are taken", "[gossip][rumours]") {
  RumourQueue queue{8};
  queue.push(key("old"));
  CHECK(queue.take(10, 9, ten_bytes, 2).size() == 1);
  CHECK(queue.take(10, 9, ten_bytes, 2).size() == 1);
  queue.push(key("new"));
  CHECK(queue.take(100, 9, ten_bytes, 2) == std::vector{key("new")});
  CHECK(queue.size() == 2);
}

TEST_CASE("gossip: an erased rumour is told no more", "[gossip][rumours]") {
  RumourQueue queue{8};
  queue.push(key("a"));
  queue.erase(key("a"));
  queue.erase(key("never there"));
  CHECK(queue.take(100, 9, ten_bytes).empty());
}

}  // namespace
}  // namespace gossamer::gossip
