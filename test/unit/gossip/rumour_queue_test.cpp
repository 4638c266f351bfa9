#include "gossip/rumour_queue.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

namespace gossamer::gossip {
namespace {

/// Entries that stay where they are, and how a queue tells them.
struct News {
  std::map<std::string, Entry> entries{};
  RumourQueue queue;

  explicit News(std::size_t rumours_max) : queue(rumours_max) {}
  const Entry& entry(const std::string& name) {
    Entry& entry = entries[name];
    entry.key = {EntryKind::record, {}, name};
    return entry;
  }
  void push(const std::string& name, std::size_t bytes = 10) { queue.push(entry(name), bytes); }
  std::vector<std::string> take(std::size_t bytes_max, std::size_t tellings_max,
                                const RumourQueue::Tellings& tellings = {}) {
    std::vector<std::string> names;
    for (const Entry* taken : queue.take(bytes_max, tellings_max, tellings)) {
      names.push_back(taken->key.name);
    }
    return names;
  }
};
using Names = std::vector<std::string>;

TEST_CASE("gossip: the least-told rumour goes first, and the newest first among equals",
          "[gossip][rumours]") {
  News news{8};
  news.push("a");
  news.push("b");
  CHECK(news.take(10, 9) == Names{"b"});
  CHECK(news.take(10, 9) == Names{"a"});
  news.push("c");
  CHECK(news.take(100, 9) == Names{"c", "b", "a"});
}

TEST_CASE("gossip: a rumour is told as often as stated, then dropped", "[gossip][rumours]") {
  News news{8};
  news.push("a");
  for (int telling = 0; telling < 3; ++telling) CHECK(news.take(10, 3).size() == 1);
  CHECK(news.queue.is_empty());
  CHECK(news.take(10, 3).empty());
}

TEST_CASE("gossip: newer news of a key starts its tellings again", "[gossip][rumours]") {
  News news{8};
  news.push("a");
  CHECK(news.take(10, 2).size() == 1);
  news.push("a");
  CHECK(news.queue.size() == 1);
  CHECK(news.take(10, 2).size() == 1);
  CHECK_FALSE(news.queue.is_empty());
}

TEST_CASE("gossip: a full rumour queue forgets the most-told, then the oldest",
          "[gossip][rumours]") {
  News news{3};
  news.push("a");
  news.push("b");
  CHECK(news.take(20, 9).size() == 2);
  news.push("c");
  news.push("d");
  CHECK(news.queue.size() == 3);
  CHECK(news.take(100, 9) == Names{"d", "c", "b"});
  for (int i = 0; i < 1000; ++i) news.push(std::to_string(i));
  CHECK(news.queue.size() == 3);
}

TEST_CASE("gossip: what does not fit waits for a packet with more room", "[gossip][rumours]") {
  News news{8};
  news.push("small");
  news.push("large", 80);
  CHECK(news.take(50, 9) == Names{"small"});
  CHECK(news.take(100, 9) == Names{"large", "small"});
}

TEST_CASE("gossip: only rumours told less often than asked for are taken", "[gossip][rumours]") {
  News news{8};
  news.push("old");
  CHECK(news.take(10, 9, {.below = 2}).size() == 1);
  CHECK(news.take(10, 9, {.below = 2}).size() == 1);
  news.push("new");
  CHECK(news.take(100, 9, {.below = 2}) == Names{"new"});
  CHECK(news.queue.size() == 2);
}

TEST_CASE("gossip: what rides before its first round does not count as told", "[gossip][rumours]") {
  News news{8};
  news.push("a");
  for (int i = 0; i < 10; ++i) CHECK(news.queue.ride(10, 3).size() == 1);
  CHECK(news.queue.has_untold());
  CHECK(news.take(10, 3, {.min = 1}).empty());
  CHECK(news.take(10, 3, {.below = 1}) == Names{"a"});
  CHECK_FALSE(news.queue.has_untold());
  CHECK(news.queue.ride(10, 3).size() == 1);
  CHECK(news.queue.ride(10, 3).size() == 1);
  CHECK(news.queue.is_empty());
}

TEST_CASE("gossip: an erased rumour is told no more", "[gossip][rumours]") {
  News news{8};
  news.push("a");
  news.queue.erase(news.entry("a"));
  news.queue.erase(news.entry("never there"));
  CHECK(news.take(100, 9).empty());
}

/// The same rules, spelled out.
struct Told {
  std::string name;
  int push;
  std::size_t tellings = 0;
};

TEST_CASE("gossip: when all are told the queue holds no memory for them", "[gossip][rumours]") {
  News news{1'000};
  for (int i = 0; i < 1'000; ++i) news.push(std::to_string(i));
  CHECK(news.queue.room() >= 1'000);
  CHECK(news.take(10'000, 1).size() == 1'000);
  CHECK(news.queue.room() == 0);
  news.push("a");
  CHECK(news.take(10, 9) == Names{"a"});
}

TEST_CASE("gossip: the queue tells as a list does that is sorted each time", "[gossip][rumours]") {
  constexpr std::size_t kTellings = 3;
  const bool holds = rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& steps) {
    News news{20};
    std::vector<Told> model;
    int pushes = 0;
    const auto sort = [&] {
      std::sort(model.begin(), model.end(), [](const Told& a, const Told& b) {
        return a.tellings != b.tellings ? a.tellings < b.tellings : a.push > b.push;
      });
    };
    const auto erase = [&](const std::string& name) {
      std::erase_if(model, [&](const Told& told) { return told.name == name; });
    };
    for (const auto& [number, action] : steps) {
      const std::string name = std::to_string(number % 30);
      if (action % 4 == 0) {
        news.queue.erase(news.entry(name));
        erase(name);
      } else if (action % 4 == 1) {
        const std::size_t count = action / 4 % 8u;
        Names expected;
        for (std::size_t i = 0; i < std::min(count, model.size()); ++i) {
          expected.push_back(model[i].name);
          ++model[i].tellings;
        }
        RC_ASSERT(news.take(10 * count, kTellings) == expected);
        std::erase_if(model, [](const Told& told) { return told.tellings >= kTellings; });
      } else {
        news.push(name);
        erase(name);
        if (model.size() == 20) model.pop_back();
        model.push_back({name, pushes++});
      }
      sort();
      RC_ASSERT(news.queue.size() == model.size());
    }
  });
  CHECK(holds);
}

}  // namespace
}  // namespace gossamer::gossip
