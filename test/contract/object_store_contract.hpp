#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gossamer/ports/object_store.hpp"

// What every object store must do: the directory, S3, and the simulated one. A suite for one more
// store is a fixture and a test case that calls the laws below; each law starts with an empty
// store.

namespace gossamer::test {

class ObjectStoreFixture {
 public:
  virtual ~ObjectStoreFixture() = default;
  /// A server whose every list takes long is asked for fewer of them.
  virtual bool is_slow() const { return false; }
  virtual ObjectStore& store() = 0;
  /// One more node's view of the same objects.
  virtual std::unique_ptr<ObjectStore> open_another() = 0;
  /// Runs the loop until `is_met`, or fails the test.
  virtual void run_until(UniqueFunction<bool()> is_met) = 0;
  /// False: creates are refused, so its laws are those of get, put, list and remove alone.
  virtual bool has_create() const { return true; }

  /// One more object, however this store can take it.
  ObjectResult add(std::string key, std::string_view content) {
    return has_create() ? create(std::move(key), content) : put(std::move(key), content);
  }
  ObjectResult create(std::string key, std::string_view content) {
    return await<ObjectResult>([&](auto done) {
      store().create(std::move(key), make_source(to_bytes(content)), std::move(done));
    });
  }
  ObjectResult put(std::string key, std::string_view content) {
    return await<ObjectResult>([&](auto done) {
      store().put(std::move(key), make_source(to_bytes(content)), std::move(done));
    });
  }
  ObjectResult remove(std::string key) {
    return await<ObjectResult>([&](auto done) { store().remove(std::move(key), std::move(done)); });
  }
  /// The content, or the outcome in angle brackets.
  std::string get(std::string key, std::optional<ObjectStore::Range> range = std::nullopt) {
    auto bytes = std::make_shared<Bytes>();
    const auto result = await<ObjectResult>([&](auto done) {
      store().get(std::move(key), range, make_sink(bytes, 64 * 1024 * 1024), std::move(done));
    });
    if (result.outcome == ObjectOutcome::ok) return to_text(*bytes);
    return "<" + std::string{to_string(result.outcome)} + ">";
  }
  ObjectListing list(std::string prefix, std::string after = "", std::size_t limit = 1000) {
    return await<ObjectListing>([&](auto done) {
      store().list(std::move(prefix), std::move(after), limit, std::move(done));
    });
  }

 private:
  template <class T, class Start>
  T await(Start start) {
    auto answer = std::make_shared<std::optional<T>>();
    start(UniqueFunction<void(T)>{[answer](T value) { answer->emplace(std::move(value)); }});
    CHECK_FALSE(answer->has_value());  // Never from inside the call.
    run_until([answer] { return answer->has_value(); });
    return std::move(**answer);
  }
};

inline void check_create_and_get(ObjectStoreFixture& objects) {
  CHECK(objects.create("specs/ledger/1", "hello").outcome == ObjectOutcome::ok);
  CHECK(objects.get("specs/ledger/1") == "hello");
  CHECK(objects.get("specs/ledger/2") == "<absent>");
  CHECK(objects.get("specs/ledger") == "<absent>");
  CHECK(objects.get("specs/ledger/1/x") == "<absent>");

  const ObjectResult second = objects.create("specs/ledger/1", "other");
  CHECK(second.outcome == ObjectOutcome::exists);
  CHECK(objects.get("specs/ledger/1") == "hello");

  CHECK(objects.create("empty", "").outcome == ObjectOutcome::ok);
  CHECK(objects.get("empty").empty());
}

inline void check_racing_creates(ObjectStoreFixture& objects) {
  constexpr std::size_t kRacers = 8;
  constexpr std::size_t kRounds = 20;
  std::vector<std::unique_ptr<ObjectStore>> nodes;
  for (std::size_t i = 0; i < kRacers; ++i) nodes.push_back(objects.open_another());
  for (std::size_t round = 0; round < kRounds; ++round) {
    const std::string key = "journal/ledger/0/" + std::to_string(round);
    std::vector<ObjectOutcome> outcomes;
    std::string winner;
    for (std::size_t i = 0; i < kRacers; ++i) {
      const std::string content = "from " + std::to_string(i);
      nodes[i]->create(key, make_source(to_bytes(content)), [&, content](ObjectResult result) {
        outcomes.push_back(result.outcome);
        if (result.outcome == ObjectOutcome::ok) winner = content;
      });
    }
    objects.run_until([&] { return outcomes.size() == kRacers; });
    CHECK(std::count(outcomes.begin(), outcomes.end(), ObjectOutcome::ok) == 1);
    CHECK(std::count(outcomes.begin(), outcomes.end(), ObjectOutcome::exists) == kRacers - 1);
    CHECK(objects.get(key) == winner);
  }
}

inline void check_ranges(ObjectStoreFixture& objects) {
  REQUIRE(objects.add("ten", "0123456789").outcome == ObjectOutcome::ok);
  struct Row {
    ObjectStore::Range range;
    const char* content;
  };
  const std::vector<Row> rows{{{0, 0}, "0123456789"},
                              {{0, 1}, "0"},
                              {{3, 4}, "3456"},
                              {{9, 1}, "9"},
                              {{4, 0}, "456789"},
                              {{8, 100}, "89"},
                              {{0, UINT64_MAX}, "0123456789"},
                              {{10, 5}, ""},
                              {{500, 5}, ""}};
  for (const Row& row : rows) {
    CAPTURE(row.range.offset, row.range.length);
    CHECK(objects.get("ten", row.range) == row.content);
  }
}

inline void check_put_and_remove(ObjectStoreFixture& objects) {
  CHECK(objects.put("lease/ledger/0/1", "one").outcome == ObjectOutcome::ok);
  CHECK(objects.put("lease/ledger/0/1", "a longer one").outcome == ObjectOutcome::ok);
  CHECK(objects.get("lease/ledger/0/1") == "a longer one");
  if (objects.has_create()) {
    CHECK(objects.create("lease/ledger/0/1", "x").outcome == ObjectOutcome::exists);
  }
  CHECK(objects.remove("lease/ledger/0/1").outcome == ObjectOutcome::ok);
  CHECK(objects.get("lease/ledger/0/1") == "<absent>");
  CHECK(objects.add("lease/ledger/0/1", "again").outcome == ObjectOutcome::ok);
}

inline void check_list(ObjectStoreFixture& objects) {
  // '-' and '.' sort before '/', so the order of names in a folder is not the order of keys.
  std::vector<std::string> keys{"a/1",   "a/2",     "a-b/1", "a.b",  "a0/1", "b/c/d/e",
                                "b/c/f", "b/c-x/1", "b/cc",  "zeta", "B/1"};
  for (const std::string& key : keys) {
    REQUIRE(objects.add(key, "x").outcome == ObjectOutcome::ok);
  }
  std::sort(keys.begin(), keys.end());
  CHECK(objects.list("").keys == keys);

  std::vector<std::string> prefixes{"", "a/", "b/c"};
  std::vector<std::string> afters{"", "a/1", "b/c/d"};
  std::vector<std::size_t> limits{2, 11};
  if (!objects.is_slow()) {
    prefixes.insert(prefixes.end(), {"a", "a-", "b/c/", "b/c/d/", "z", "q", "b/cc", "b/q/"});
    afters.insert(afters.end(), {"a", "a/2", "a/3", "b/c", "b/c/d/e", "zz"});
    limits.insert(limits.end(), {1, 3});
  }
  for (const std::string& prefix : prefixes) {
    for (const std::string& after : afters) {
      std::vector<std::string> wanted;
      for (const std::string& key : keys) {
        if (key.rfind(prefix, 0) == 0 && key > after) wanted.push_back(key);
      }
      for (const std::size_t limit : limits) {
        CAPTURE(prefix, after, limit);
        const ObjectListing page = objects.list(prefix, after, limit);
        REQUIRE(page.result.outcome == ObjectOutcome::ok);
        CHECK(page.is_last == (wanted.size() <= limit));
        CHECK(page.keys ==
              std::vector<std::string>(
                  wanted.begin(),
                  wanted.begin() + static_cast<std::ptrdiff_t>(std::min(limit, wanted.size()))));
      }
    }
  }
}

inline void check_pages(ObjectStoreFixture& objects) {
  std::vector<std::string> wanted;
  for (int slot = 1; slot <= 57; ++slot) {
    std::string digits = std::to_string(slot);
    wanted.push_back("journal/ledger/0/" + std::string(20 - digits.size(), '0') + digits);
    REQUIRE(objects.add(wanted.back(), digits).outcome == ObjectOutcome::ok);
  }
  std::vector<std::string> seen;
  for (std::string after;;) {
    const ObjectListing page = objects.list("journal/ledger/0/", after, 10);
    REQUIRE(page.result.outcome == ObjectOutcome::ok);
    REQUIRE(page.keys.size() <= 10);
    seen.insert(seen.end(), page.keys.begin(), page.keys.end());
    if (page.is_last) break;
    REQUIRE_FALSE(page.keys.empty());
    after = page.keys.back();
  }
  CHECK(seen == wanted);
}

inline void check_big_object(ObjectStoreFixture& objects) {
  std::string big(5 * 1024 * 1024 + 17, '\0');
  std::uint32_t state = 1;
  for (char& c : big) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24);
  }
  REQUIRE(objects.add("files/ledger/0/big", big).outcome == ObjectOutcome::ok);
  CHECK((objects.get("files/ledger/0/big") == big));
  CHECK((objects.get("files/ledger/0/big", ObjectStore::Range{1'000'000, 3'000'000}) ==
         big.substr(1'000'000, 3'000'000)));
}

inline void check_keys(ObjectStoreFixture& objects) {
  const std::vector<std::string> bad{"",
                                     "/",
                                     "/a",
                                     "a/",
                                     "a//b",
                                     ".",
                                     "..",
                                     "a/..",
                                     "../a",
                                     "a/../b",
                                     "a/./b",
                                     "a b",
                                     "a\\b",
                                     "a%2e",
                                     std::string{"a\0b", 3},
                                     "\xc3\xa9",
                                     std::string(513, 'a')};
  for (const std::string& key : bad) {
    CAPTURE(key);
    const ObjectResult result = objects.create(key, "x");
    CHECK(result.outcome == ObjectOutcome::refused);
    CHECK_FALSE(result.detail.empty());
    CHECK(objects.put(key, "x").outcome == ObjectOutcome::refused);
    CHECK(objects.get(key) == "<refused>");
    CHECK(objects.remove(key).outcome == ObjectOutcome::refused);
  }
  const std::string longest = "a/" + std::string(254, 'b') + "/" + std::string(255, 'c');
  for (const std::string& key :
       {std::string{"..a"}, std::string{"a/.b"}, std::string{"-"}, longest}) {
    CAPTURE(key);
    CHECK(objects.add(key, "x").outcome == ObjectOutcome::ok);
    CHECK(objects.get(key) == "x");
  }
  CHECK(objects.list("a/../").result.outcome == ObjectOutcome::refused);
}

// A sink that has enough after some bytes.
inline void check_sink_errors(ObjectStoreFixture& objects) {
  REQUIRE(objects.add("ten", "0123456789").outcome == ObjectOutcome::ok);
  auto bytes = std::make_shared<Bytes>();
  std::optional<ObjectResult> result;
  objects.store().get("ten", std::nullopt, make_sink(bytes, 4),
                      [&](ObjectResult given) { result = std::move(given); });
  objects.run_until([&] { return result.has_value(); });
  CHECK(result->outcome == ObjectOutcome::unknown);
  CHECK(result->detail.find("4 bytes") != std::string::npos);
}

/// Each law in a section of its own. Call from a test case that makes its fixture afresh.
inline void check_create_only_laws(ObjectStoreFixture& objects) {
  SECTION("what is created can be read, and only once created") {
    check_create_and_get(objects);
  }
  SECTION("of eight racing creates exactly one wins") {
    check_racing_creates(objects);
  }
}

inline void check_other_laws(ObjectStoreFixture& objects) {
  SECTION("a range gives the bytes that are there") {
    check_ranges(objects);
  }
  SECTION("put overwrites and remove removes") {
    check_put_and_remove(objects);
  }
  SECTION("a list is in byte order, after a key, within a prefix") {
    check_list(objects);
  }
  SECTION("pages of a list add up") {
    check_pages(objects);
  }
  SECTION("a big object comes back whole") {
    check_big_object(objects);
  }
  SECTION("a key that breaks the rules is refused") {
    check_keys(objects);
  }
  SECTION("an error of the sink ends the get") {
    check_sink_errors(objects);
  }
}

inline void check_object_store_contract(ObjectStoreFixture& objects) {
  check_create_only_laws(objects);
  check_other_laws(objects);
}

}  // namespace gossamer::test
