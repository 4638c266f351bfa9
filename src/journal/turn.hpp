#pragma once

#include <map>

#include "base/random.hpp"
#include "journal/journal.hpp"

namespace gossamer::journal {

/// What the parts of a unit's journal work with during one call.
struct Turn {
  Instant now;
  const Journal::Options& options;
  const NodeId& self;
  Random& random;
  Op& last_op;
  std::map<Op, UnitId>& routes;  ///< Whom the answer to an order is for.
  Outbox& outbox;

  template <class T>
  void emit(T effect) {
    outbox.emplace_back(std::move(effect));
  }
  void trace(const char* mark) { emit(gossip::Trace{mark}); }
  void alarm(const UnitId& unit, std::string detail) {
    emit(Notify{Alarm{to_string(unit), std::move(detail)}});
  }
  Op draw_op(const UnitId& unit) {
    routes.emplace(++last_op, unit);
    return last_op;
  }
};

}  // namespace gossamer::journal
