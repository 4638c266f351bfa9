#include "driver/acknowledgements.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <vector>

using namespace gossamer;
using namespace gossamer::driver;

namespace {

struct Waiters {
  AfterTurn after_turn;
  Acknowledgements acknowledgements{after_turn};
  std::vector<std::optional<Result<Sequence>>> answers;

  void commit(const UnitId& unit, Sequence sequence, Durability durability) {
    const std::size_t index = answers.size();
    answers.emplace_back();
    acknowledgements.on_committed(unit, sequence, durability,
                                  [this, index](Result<Sequence> answer) {
                                    REQUIRE(!answers[index].has_value());
                                    answers[index] = std::move(answer);
                                  });
  }
};

const UnitId kUnit{"ledger", 0};
const UnitId kOther{"ledger", 1};

}  // namespace

TEST_CASE("driver: a local write is acknowledged when it is locally durable, after the turn",
          "[driver]") {
  Waiters waiters;
  waiters.commit(kUnit, 1, Durability::local);
  CHECK_FALSE(waiters.answers[0].has_value());
  waiters.after_turn.run();
  REQUIRE(waiters.answers[0].has_value());
  CHECK(waiters.answers[0]->value() == 1);
}

TEST_CASE("driver: frozen writes are acknowledged up to what the journal has, of their unit only",
          "[driver]") {
  Waiters waiters;
  waiters.commit(kUnit, 1, Durability::frozen);
  waiters.commit(kUnit, 2, Durability::frozen);
  waiters.commit(kOther, 1, Durability::frozen);
  waiters.acknowledgements.on_frozen(kUnit, 1);
  waiters.after_turn.run();
  REQUIRE(waiters.answers[0].has_value());
  CHECK(waiters.answers[0]->value() == 1);
  CHECK_FALSE(waiters.answers[1].has_value());
  CHECK_FALSE(waiters.answers[2].has_value());
}

TEST_CASE("driver: when a unit is lost, what was sent is unknown and what was not is fenced",
          "[driver]") {
  Waiters waiters;
  for (Sequence sequence = 1; sequence <= 3; ++sequence)
    waiters.commit(kUnit, sequence, Durability::frozen);
  waiters.acknowledgements.on_frozen(kUnit, 1);
  waiters.acknowledgements.on_lost(kUnit, 2, "epoch 7 claimed above");
  waiters.acknowledgements.on_lost(kUnit, 9, "said twice");
  waiters.after_turn.run();
  CHECK(waiters.answers[0]->value() == 1);
  CHECK(waiters.answers[1]->error().code == ErrorCode::unknown_outcome);
  CHECK(waiters.answers[2]->error().code == ErrorCode::fenced);
}
