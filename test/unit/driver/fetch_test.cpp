// Files of a checkpoint, fetched from the object store.

#include "driver/journal_orders.hpp"
#include "toys.hpp"

namespace gossamer::driver {
namespace {

TEST_CASE("driver: of a checkpoint's file no more is read than a byte beyond its size",
          "[driver]") {
  ToyLoop loop;
  ToyObjects objects{loop};
  ToyStores stores{loop};
  Counters counters;
  std::optional<ObjectOutcome> outcome;
  JournalOrders orders{
      objects, {kToyDataKey}, stores, counters, [&](journal::Op, const journal::Answer& answer) {
        outcome = std::get<journal::Outcome>(answer).outcome;
      }};
  // More than the toy's sink takes: it fails if all of it comes.
  objects.held["files/ledger/0/big"] = Bytes(100'000);
  journal::ManifestFile file;
  file.key = "files/ledger/0/big";
  file.size = GENERATE(0U, 4U, 1'000U);
  orders(journal::Fetch{1, kUnit, file});
  loop.run_posted();
  REQUIRE(outcome.has_value());
  CHECK(*outcome == ObjectOutcome::ok);
}

}  // namespace
}  // namespace gossamer::driver
