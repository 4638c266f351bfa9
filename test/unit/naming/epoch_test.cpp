#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "base/random.hpp"
#include "fixture.hpp"
#include "naming/epoch_book.hpp"

namespace gossamer::naming {
namespace {

const UnitId kUnit{"ledger", 0};

}  // namespace

TEST_CASE("naming: of an owned unit only the highest confirmed epoch counts", "[naming][epoch]") {
  struct Row {
    const char* why;
    std::vector<Epoch> records;  // of nodes 2, 3, ..
    Epoch confirmed;
    const char* answer;
  };
  const auto row = GENERATE(values<Row>({
      {"merely published: all count", {0, 0}, 0, "2:0 3:0"},
      {"not confirmed", {5}, 0, ""},
      {"confirmed", {5}, 5, "2:5"},
      {"a higher one is not confirmed yet", {5, 6}, 5, "2:5"},
      {"a higher one is confirmed", {5, 6}, 6, "3:6"},
      {"its record is not here yet", {5}, 6, ""},
      {"two claim one epoch: the greater node", {5, 5}, 5, "3:5"},
      {"a record without an epoch, of a unit that is owned", {0, 5}, 5, "3:5"},
      {"a record without an epoch, before its claim is known", {0, 5}, 0, "2:0"},
  }));
  CAPTURE(row.why);
  const bool is_claim_first = GENERATE(true, false);
  Node one;
  one.see(all_alive(9));
  if (is_claim_first) one.claim(kUnit, row.confirmed);
  std::uint8_t by = 2;
  for (const Epoch epoch : row.records) one.hear(said(by++, 1, epoch));
  if (!is_claim_first) one.claim(kUnit, row.confirmed);
  CHECK(one.answer() == row.answer);
}

TEST_CASE("naming: the answer stays empty while the owner of the highest epoch is down",
          "[naming][epoch]") {
  Node one;
  one.see(all_alive(3));
  one.claim(kUnit, 5);
  one.hear(said(2, 1, 4));
  one.hear(said(3, 1, 5));
  CHECK(one.answer() == "3:5");
  CHECK(one.naming.resolve(kUnit)->node == node(3));
  one.see(view({{1, MemberState::alive}, {2, MemberState::alive}, {3, MemberState::down}}));
  CHECK(one.answer().empty());
  CHECK_FALSE(one.naming.resolve(kUnit).has_value());
}

TEST_CASE("naming: an epoch of which the claim is known is not asked about", "[naming][epoch]") {
  Node one;
  one.see(all_alive(3));
  one.claim(kUnit, 5, 2);
  one.hear(said(2, 1, 5));
  CHECK(count<ConfirmEpoch>(one.outbox) == 0);
  CHECK(one.answer() == "2:5");
  one.hear(said(3, 1, 4));
  CHECK(count<ConfirmEpoch>(one.outbox) == 0);
  CHECK(count<Changed>(one.outbox) == 0);
}

TEST_CASE(
    "naming: claims of more units than records_max are dropped, and those records never count",
    "[naming][epoch][bounds]") {
  Naming::Options options;
  options.records_max = 2;
  Node one{options};
  one.see(all_alive(3));
  one.claim({"a", 0}, 1);
  one.claim({"b", 0}, 1);
  one.claim(kUnit, 1);
  one.hear(said(2, 1, 1));
  CHECK(one.answer().empty());
}

TEST_CASE("naming: without room for a unit's epochs none is remembered, and others are kept",
          "[naming][bounds]") {
  EpochBook book{1};
  CHECK(book.confirm(kUnit, 5, {}));
  const UnitId other{"shop", 0};
  book.raise_floor(other, 7);
  CHECK_FALSE(book.confirm(other, 7, {}));
  CHECK(book.floor(other) == 0);
  CHECK(book.confirmed(kUnit) == 5);
}

TEST_CASE("naming: epochs of forgotten services give way to new units, the first forgotten first",
          "[naming][epoch][bounds]") {
  Naming::Options options;
  options.records_max = 3;
  Node one{options};
  one.see(all_alive(3));
  for (const char* service : {"a", "b", "c"}) one.claim({service, 0}, 4);
  const auto answer = [&](const std::string& service, Epoch epoch) {
    one.hear(said(2, epoch + 1, epoch, service));
    return one.answer(service);
  };
  one.naming.on_forgotten("b");
  one.naming.on_forgotten("a");
  // Nothing gave way yet, so nothing is undercut.
  CHECK(answer("b", 3).empty());
  CHECK(answer("b", 4) == "2:4");
  for (int i = 0; i < 100; ++i) {
    const std::string service = "d" + std::to_string(i);
    one.claim({service, 0}, 1);
    CHECK(answer(service, 1) == "2:1");
    one.hear(withdrawn(said(2, 9, 1, service)));
    one.naming.on_forgotten(service);
    one.advance(minutes{11});
  }
  // What was not forgotten is still known; what was is asked for in the journal before it counts.
  CHECK(answer("c", 3).empty());
  CHECK(answer("c", 4) == "2:4");
  CHECK(answer("a", 3).empty());
  CHECK(count<ConfirmEpoch>(one.outbox) == 1);
}

TEST_CASE("naming: what was forgotten and is claimed anew does not give way any more",
          "[naming][epoch][bounds]") {
  Naming::Options options;
  options.records_max = 1;
  Node one{options};
  one.see(all_alive(3));
  one.claim({"a", 0}, 1);
  one.naming.on_forgotten("a");
  one.claim({"a", 0}, 2);
  one.claim(kUnit, 1);
  CHECK(count<gossip::Trace>(one.outbox) == 1);
  one.hear(said(2, 1, 1));
  CHECK(one.answer().empty());
}

TEST_CASE("naming: an answer never falls below an epoch answered or confirmed before",
          "[naming][epoch][law]") {
  CHECK(rc::check([](std::uint64_t seed) {
    Random random{seed};
    Node one;
    std::vector<std::uint64_t> versions(6, 1);
    Epoch floor = 0;
    for (std::uint8_t n = 2; n < 6; ++n) {
      if (random.chance(1, 3)) one.naming.on_cached(node(n), said(n, 1, random.below(4)));
    }
    for (int step = 0; step < 200; ++step) {
      const auto n = static_cast<std::uint8_t>(2 + random.below(4));
      switch (random.below(5)) {
        case 0: {
          std::vector<std::pair<std::uint8_t, MemberState>> members{{1, MemberState::alive}};
          for (std::uint8_t m = 2; m < 6; ++m) {
            if (random.chance(4, 5)) {
              members.emplace_back(m, static_cast<MemberState>(random.below(4)));
            }
          }
          one.see(view(members));
          break;
        }
        case 1: {
          const Epoch epoch = random.below(8);
          one.claim(kUnit, epoch);
          floor = std::max(floor, epoch);
          break;
        }
        case 2: one.advance(seconds{random.below(100)}); break;
        default: {
          RecordStatement statement = said(n, versions[n] += random.below(2), random.below(9));
          statement.is_withdrawn = random.chance(1, 5);
          one.hear(statement);
        }
      }
      const auto answer = one.naming.resolve(kUnit);
      if (answer) {
        RC_ASSERT(answer->epoch >= floor);
        floor = answer->epoch;
      }
      for (const NameRecord& record : one.naming.resolve("ledger")) {
        RC_ASSERT(record.epoch >= floor);
      }
    }
  }));
}

TEST_CASE("naming: whenever an answer changed, the change was told", "[naming][law]") {
  CHECK(rc::check([](std::uint64_t seed) {
    Random random{seed};
    Node one;
    for (std::uint8_t n = 2; n < 6; ++n) {
      if (random.chance(1, 3)) one.naming.on_cached(node(n), said(n, 1, random.below(4)));
    }
    std::uint64_t version = 2;
    for (int step = 0; step < 200; ++step) {
      const auto before = one.naming.resolve("ledger");
      const auto n = static_cast<std::uint8_t>(1 + random.below(5));
      switch (random.below(6)) {
        case 0: {
          std::vector<std::pair<std::uint8_t, MemberState>> members;
          for (std::uint8_t m = 1; m < 6; ++m) {
            if (random.chance(4, 5)) {
              members.emplace_back(m, static_cast<MemberState>(random.below(4)));
            }
          }
          one.see(view(members));
          break;
        }
        case 1: one.claim(kUnit, random.below(8)); break;
        case 2: one.advance(seconds{random.below(60)}); break;
        case 3: {
          one.outbox.clear();
          NameRecord record = said(1, version, random.below(3)).record;
          (void)one.naming.publish(one.now, record, one.outbox);
          break;
        }
        default: {
          RecordStatement statement = said(n, version - random.below(2), random.below(9));
          ++version;
          statement.is_withdrawn = random.chance(1, 5);
          one.hear(statement);
        }
      }
      const bool is_told = count<Changed>(one.outbox) > 0;
      RC_ASSERT(is_told || before == one.naming.resolve("ledger"));
    }
  }));
}

TEST_CASE("naming: nodes that heard the same records in any order give the same answer",
          "[naming][law]") {
  CHECK(rc::check([](std::uint64_t seed) {
    Random random{seed};
    std::vector<RecordStatement> statements;
    for (std::uint64_t version = 1; version <= 12; ++version) {
      const auto by = static_cast<std::uint8_t>(2 + random.below(4));
      statements.push_back(said(by, version, random.below(3), "ledger",
                                static_cast<std::uint32_t>(random.below(2))));
      statements.back().is_withdrawn = random.chance(1, 4);
    }
    std::vector<std::string> answers;
    for (int copy = 0; copy < 3; ++copy) {
      Node one;
      one.see(all_alive(5));
      one.claim(kUnit, 2);
      random.shuffle(statements);
      for (const RecordStatement& statement : statements) {
        one.hear(statement);
        if (random.chance(1, 3)) one.hear(statement);
      }
      answers.push_back(one.answer());
    }
    RC_ASSERT(answers[0] == answers[1]);
    RC_ASSERT(answers[0] == answers[2]);
  }));
}

}  // namespace gossamer::naming
