// Units that nothing is done about.

#include <catch2/catch.hpp>

#include "journal/journal.hpp"

namespace gossamer::journal {
namespace {

/// Looks at a journal that is empty, and gives the orders that it took.
std::size_t look(Journal& journal, const UnitId& unit) {
  std::size_t orders = 0;
  Outbox outbox;
  journal.observe({}, unit, outbox);
  while (!outbox.empty()) {
    for (const Effect& effect : std::exchange(outbox, {})) {
      const auto* list = std::get_if<List>(&effect);
      if (list == nullptr) continue;
      ++orders;
      journal.on_done({}, list->op, Listed{{ObjectOutcome::ok}}, outbox);
    }
  }
  return orders;
}

TEST_CASE("journal: of units that nothing is done about only so many are remembered",
          "[journal][bounds]") {
  Journal::Options options;
  options.idle_units_max = 3;
  Journal journal{options, NodeId{}, 1};
  Outbox outbox;
  journal.observe({}, {"busy", 0}, outbox);
  for (std::uint32_t ordinal = 0; ordinal < 100; ++ordinal) {
    CHECK(look(journal, {"ledger", ordinal}) == 1);
    CHECK(journal.unit_count() <= 4);
  }
  CHECK(journal.unit_count() == 4);
  // Dropped, it is looked at like any other; the one under way was not dropped.
  CHECK(look(journal, {"ledger", 0}) == 1);
  const Op op = std::get<List>(outbox.front()).op;
  outbox.clear();
  journal.on_done({}, op, Listed{{ObjectOutcome::ok}}, outbox);
  REQUIRE(outbox.size() == 1);
  CHECK(std::get<Observed>(outbox.front()).is_reliable);
  CHECK(journal.unit_count() == 3);
}

}  // namespace
}  // namespace gossamer::journal
