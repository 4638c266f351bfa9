#include <vector>

#include "sim/journal_checker.hpp"
#include "sim_fixture.hpp"
#include "wire/storage.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;
using journal::EntryType;
using journal::JournalEntry;
using journal::Slot;

namespace {

NodeId node(std::uint8_t number) {
  NodeId id;
  id.bytes.fill(number);
  return id;
}

struct Watched : SimFixture {
  Watched() { claim(1, 1, 1); }
  JournalEntry entry(EntryType type, std::uint8_t writer, Epoch epoch) {
    JournalEntry made;
    made.type = type;
    made.writer = node(writer);
    made.epoch = epoch;
    made.nonce.bytes.fill(static_cast<std::uint8_t>(writer * 16 + epoch));
    return made;
  }
  void append(Slot slot, const JournalEntry& made) {
    const std::string key = journal::slot_key(unit, slot);
    checker.on_created(queue.now(), key, wire::encode_journal_entry(made, {data_key, key}));
  }
  void claim(Slot slot, std::uint8_t writer, Epoch epoch, std::uint64_t spec = 1) {
    JournalEntry made = entry(EntryType::claim, writer, epoch);
    made.spec_version = spec;
    append(slot, made);
  }
  void batch(Slot slot, std::uint8_t writer, Epoch epoch, Sequence sequence, std::string id) {
    JournalEntry made = entry(EntryType::batch, writer, epoch);
    WriteBatch write;
    write.put("req/" + id, "c0=1");
    made.commits.push_back({sequence, wire::encode_operations(write)});
    append(slot, made);
  }

  UnitId unit{"ledger", 0};
  SimObjects objects{queue, 1, witness};
  std::vector<std::string> complaints;
  wire::DataKey data_key{{7}};
  JournalChecker checker{objects, data_key,
                         [this](std::string what) { complaints.push_back(std::move(what)); }};
};

}  // namespace

TEST_CASE("checker: a journal as it should be gives no complaint") {
  Watched watched;
  watched.batch(2, 1, 1, 1, "a");
  watched.batch(3, 1, 1, 2, "b");
  watched.claim(4, 2, 2);
  watched.batch(5, 2, 2, 3, "c");
  CHECK(watched.complaints.empty());
  CHECK(watched.checker.highest_epoch(watched.unit) == 2);
  CHECK(watched.checker.holds_request(watched.unit, "b"));
  CHECK_FALSE(watched.checker.holds_request(watched.unit, "d"));
}

TEST_CASE("checker: each way to break a journal is told") {
  struct Row {
    const char* why;
    void (*break_it)(Watched&);
  };
  const auto row = GENERATE(values<Row>({
      {"a stale owner above a newer claim",
       [](Watched& w) {
         w.claim(2, 2, 2);
         w.batch(3, 1, 1, 1, "a");
       }},
      {"an epoch twice", [](Watched& w) { w.claim(2, 2, 1); }},
      {"an epoch left out", [](Watched& w) { w.claim(2, 2, 3); }},
      {"a gap", [](Watched& w) { w.batch(3, 1, 1, 1, "a"); }},
      {"a sequence left out", [](Watched& w) { w.batch(2, 1, 1, 2, "a"); }},
      {"a sequence given twice",
       [](Watched& w) {
         w.batch(2, 1, 1, 1, "a");
         w.batch(3, 1, 1, 1, "b");
       }},
      {"a claim overwritten", [](Watched& w) { w.claim(1, 2, 1); }},
      {"a claim deleted", [](Watched& w) { w.checker.on_removed(journal::slot_key(w.unit, 1)); }},
      {"a batch deleted that no freeze covers",
       [](Watched& w) {
         w.batch(2, 1, 1, 1, "a");
         w.checker.on_removed(journal::slot_key(w.unit, 2));
       }},
      {"a freeze without a manifest",
       [](Watched& w) { w.append(2, w.entry(EntryType::freeze, 1, 1)); }},
      {"a write above a withdrawal",
       [](Watched& w) {
         w.append(2, w.entry(EntryType::withdrawn, 3, 1));
         w.batch(3, 1, 1, 1, "a");
       }},
      {"a claim for a spec that was withdrawn",
       [](Watched& w) {
         JournalEntry withdrawn = w.entry(EntryType::withdrawn, 3, 1);
         withdrawn.spec_version = 2;
         w.append(2, withdrawn);
         w.claim(3, 2, 2, 2);
       }},
      {"bytes that nobody can read",
       [](Watched& w) {
         w.checker.on_created({}, journal::slot_key(w.unit, 2), Bytes{1, 2, 3});
       }},
  }));
  CAPTURE(row.why);
  Watched watched;
  REQUIRE(watched.complaints.empty());
  row.break_it(watched);
  CHECK(watched.complaints.size() == 1);
}

TEST_CASE("checker: a claim is confirmed by a list that was made before anything lay above") {
  Watched watched;
  const auto is_confirmed = [&] { return watched.checker.claim(watched.unit, 1)->is_confirmed; };
  const std::string prefix = journal::journal_prefix(watched.unit);
  watched.run_for(1s);
  CHECK_FALSE(is_confirmed());
  watched.checker.on_listed(0, node(2), prefix, Instant{} + 500ms);
  CHECK_FALSE(is_confirmed());  // Another node's.
  SECTION("before") {
    watched.claim(2, 2, 2);
    watched.checker.on_listed(0, node(1), prefix, Instant{} + 500ms);
    CHECK(is_confirmed());
  }
  SECTION("after") {
    watched.claim(2, 2, 2);
    watched.checker.on_listed(0, node(1), prefix, Instant{} + 1500ms);
    CHECK_FALSE(is_confirmed());
  }
}
