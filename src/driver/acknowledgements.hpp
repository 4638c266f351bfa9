#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>

#include "driver/after_turn.hpp"
#include "gossamer/store.hpp"

namespace gossamer::driver {

/// Who waits for which write to be frozen. Each waiter gets one answer: frozen, fenced (it is not
/// in the journal and never will be), or unknown (it is there, or may get there yet).
class Acknowledgements {
 public:
  explicit Acknowledgements(AfterTurn& after_turn) : after_turn_(after_turn) {}

  /// A write is locally durable. `local` is answered with it.
  void on_committed(const UnitId& unit, Sequence sequence, Durability durability,
                    Store::Committed done);
  void on_frozen(const UnitId& unit, Sequence through);
  /// The unit is lost: writes up to `unknown_through` are in the journal or may enter it yet.
  void on_lost(const UnitId& unit, Sequence unknown_through, const std::string& detail);

 private:
  struct Waiting {
    Sequence sequence;
    Store::Committed done;
  };
  void answer(Store::Committed done, Result<Sequence> result);

  AfterTurn& after_turn_;
  std::map<UnitId, std::deque<Waiting>> waiting_;
};

}  // namespace gossamer::driver
