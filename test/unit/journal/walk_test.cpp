#include "journal/walk.hpp"

#include <catch2/catch.hpp>

namespace gossamer::journal {
namespace {

std::shared_ptr<const JournalEntry> claim(Epoch epoch, std::uint8_t nonce = 1) {
  JournalEntry entry;
  entry.type = EntryType::claim;
  entry.epoch = epoch;
  entry.nonce.bytes[0] = nonce;
  entry.writer.bytes[0] = nonce;
  return std::make_shared<const JournalEntry>(entry);
}
std::shared_ptr<const JournalEntry> batch(Epoch epoch, Sequence first, Sequence last) {
  JournalEntry entry;
  entry.type = EntryType::batch;
  entry.epoch = epoch;
  for (Sequence at = first; at <= last; ++at) entry.commits.push_back({at, {1}});
  return std::make_shared<const JournalEntry>(entry);
}
std::shared_ptr<const JournalEntry> freeze(Epoch epoch, Slot covers) {
  JournalEntry entry;
  entry.type = EntryType::freeze;
  entry.epoch = epoch;
  entry.covers = covers;
  return std::make_shared<const JournalEntry>(entry);
}

using Entries = std::map<Slot, std::shared_ptr<const JournalEntry>>;

/// Reads all that the walk asks for; `after` null entries are unreadable.
Walk walked(const Entries& entries, Slot claim_slot, Epoch claim_epoch,
            std::vector<Slot>* read = nullptr) {
  std::vector<Slot> slots;
  for (const auto& [slot, entry] : entries) slots.push_back(slot);
  Walk walk;
  walk.begin(claim_slot, claim_epoch, slots);
  while (const auto slot = walk.next_to_read()) {
    if (read) read->push_back(*slot);
    walk.on_entry(*slot, entries.at(*slot));
  }
  return walk;
}

using Verdict = Walk::Verdict;

TEST_CASE("walk: reads down to what the newest freeze covers, and no further", "[journal][walk]") {
  std::vector<Slot> read;
  const Walk walk = walked({{1, claim(1)},
                            {2, batch(1, 1, 2)},
                            {3, batch(1, 3, 3)},
                            {4, freeze(1, 2)},
                            {5, batch(1, 4, 6)}},
                           6, 2, &read);
  CHECK(walk.verdict() == Verdict::complete);
  CHECK(read == std::vector<Slot>{5, 4, 3});
  CHECK(walk.freeze_slot() == 4);
  CHECK(walk.covered() == 2);
  CHECK(walk.batches_above(0) == std::vector<Slot>{3, 5});
  CHECK(walk.batches_above(3) == std::vector<Slot>{5});
  CHECK(walk.last_sequence() == 6);
  CHECK(walk.entries_behind() == 2);
}

TEST_CASE("walk: what lies below the covered slot does not count", "[journal][walk]") {
  // Slot 2 was pruned, and a stale claim of a high epoch landed there since.
  const Walk walk = walked({{1, claim(1)}, {2, claim(9)}, {4, freeze(1, 3)}}, 5, 2);
  CHECK(walk.verdict() == Verdict::complete);
}

TEST_CASE("walk: without a freeze the journal begins at slot 1", "[journal][walk]") {
  CHECK(walked({}, 1, 1).verdict() == Verdict::complete);
  CHECK(walked({{1, claim(1)}, {2, batch(1, 1, 1)}}, 3, 2).verdict() == Verdict::complete);
  CHECK(walked({{2, batch(1, 1, 1)}}, 3, 2).verdict() == Verdict::gap);
}

TEST_CASE("walk: a gap, a fallen epoch and an unreadable entry are noticed", "[journal][walk]") {
  struct Row {
    const char* why;
    Entries entries;
    Verdict verdict;
  };
  const auto row = GENERATE(values<Row>({
      {"in order", {{1, claim(1)}, {2, batch(1, 1, 1)}, {3, claim(2)}}, Verdict::complete},
      {"a gap", {{1, claim(1)}, {3, claim(2)}}, Verdict::gap},
      {"a gap below our claim", {{1, claim(1)}, {2, claim(2)}}, Verdict::gap},
      {"a lower epoch above a higher one",
       {{1, claim(2)}, {2, batch(1, 1, 1)}, {3, claim(3)}},
       Verdict::broken},
      {"an epoch without a claim",
       {{1, claim(1)}, {2, batch(2, 1, 1)}, {3, claim(3)}},
       Verdict::broken},
      {"two claims of one epoch", {{1, claim(1)}, {2, claim(2)}, {3, claim(2)}}, Verdict::broken},
      {"an epoch that is ours already",
       {{1, claim(1)}, {2, claim(2)}, {3, claim(9)}},
       Verdict::broken},
      {"unreadable", {{1, claim(1)}, {2, nullptr}, {3, claim(2)}}, Verdict::broken},
      {"a batch of nothing", {{1, claim(1)}, {2, batch(1, 2, 1)}, {3, claim(2)}}, Verdict::broken},
      {"a batch that begins at 0",
       {{1, claim(1)}, {2, batch(1, 0, 1)}, {3, claim(2)}},
       Verdict::broken},
      {"a freeze that covers what comes",
       {{1, claim(1)}, {2, freeze(1, 7)}, {3, claim(2)}},
       Verdict::broken},
  }));
  CAPTURE(row.why);
  CHECK(walked(row.entries, 4, 3).verdict() == row.verdict);
}

TEST_CASE("walk: a slot that went away is a gap only if it is needed", "[journal][walk]") {
  Walk walk;
  walk.begin(4, 2, {1, 2, 3});
  for (int i = 0; i < 3; ++i) REQUIRE(walk.next_to_read());
  walk.on_absent(1);
  walk.on_absent(2);
  CHECK(walk.verdict() == Verdict::incomplete);
  SECTION("not needed") {
    walk.on_entry(3, freeze(1, 2));
    CHECK(walk.verdict() == Verdict::complete);
  }
  SECTION("needed") {
    walk.on_entry(3, freeze(1, 1));
    CHECK(walk.verdict() == Verdict::gap);
  }
}

TEST_CASE("walk: a freeze that is not usable gives way to the one before", "[journal][walk]") {
  const Entries entries{{1, claim(1)},       {2, batch(1, 1, 1)}, {3, freeze(1, 2)},
                        {4, batch(1, 2, 2)}, {5, freeze(1, 4)},   {6, batch(1, 3, 3)}};
  Walk walk = walked(entries, 7, 2);
  REQUIRE(walk.freeze_slot() == 5);
  walk.reject_freeze();
  CHECK(walk.verdict() == Verdict::incomplete);
  while (const auto slot = walk.next_to_read()) walk.on_entry(*slot, entries.at(*slot));
  CHECK(walk.verdict() == Verdict::complete);
  CHECK(walk.freeze_slot() == 3);
  CHECK(walk.batches_above(1) == std::vector<Slot>{4, 6});
  walk.reject_freeze();
  while (const auto slot = walk.next_to_read()) walk.on_entry(*slot, entries.at(*slot));
  CHECK(walk.freeze() == nullptr);
  CHECK(walk.batches_above(0) == std::vector<Slot>{2, 4, 6});
}

TEST_CASE("walk: answers may come in any order", "[journal][walk]") {
  Walk walk;
  walk.begin(5, 3, {1, 2, 3, 4});
  while (walk.next_to_read()) {
  }
  walk.on_entry(1, claim(1));
  walk.on_entry(3, claim(2));
  walk.on_entry(2, batch(1, 1, 1));
  CHECK(walk.verdict() == Verdict::incomplete);
  walk.on_entry(4, batch(2, 2, 2));
  CHECK(walk.verdict() == Verdict::complete);
}

TEST_CASE("walk: claims are sought below the covered slot too", "[journal][walk]") {
  const Entries entries{
      {1, claim(1, 1)}, {2, claim(2, 2)}, {3, claim(3, 3)}, {4, batch(3, 1, 1)}, {5, freeze(3, 4)}};
  Walk walk = walked(entries, 6, 4);
  SECTION("none can lie between an epoch and the next") {
    REQUIRE(walk.claims_above(3));
    CHECK(walk.claims_above(3)->empty());
  }
  SECTION("they are read as far as needed") {
    CHECK_FALSE(walk.claims_above(1));
    std::vector<Slot> read;
    while (!walk.claims_above(1)) {
      const auto slot = walk.next_to_read();
      REQUIRE(slot);
      read.push_back(*slot);
      walk.on_entry(*slot, entries.at(*slot));
    }
    const auto claims = walk.claims_above(1);
    REQUIRE(claims->size() == 2);
    CHECK(claims->at(0).epoch == 3);
    CHECK(claims->at(1).epoch == 2);
    CHECK(walk.is_claimed_by_other(1, NodeId{}));
  }
  SECTION("what cannot be read may have been one") {
    while (!walk.claims_above(1)) {
      const auto slot = walk.next_to_read();
      REQUIRE(slot);
      walk.on_entry(*slot, *slot == 2 ? nullptr : entries.at(*slot));
    }
    const auto claims = walk.claims_above(1);
    CHECK(std::any_of(claims->begin(), claims->end(),
                      [](const ClaimSeen& claim) { return claim.nonce == Nonce{}; }));
  }
}

}  // namespace
}  // namespace gossamer::journal
