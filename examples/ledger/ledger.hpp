#pragma once

#include <string>

#include "gossamer/service.hpp"

namespace gossamer::ledger {

/// Makes `ledger`, a key-value store with counters, served over TCP by the owner of its unit; the
/// lines are in protocol.hpp. It listens on a free port of `address`.
///
/// A stale owner may go on answering reads until it hears that it was replaced; then it closes.
/// Whoever runs it must ignore SIGPIPE, which libuv's streams raise.
ServiceFactory ledger_factory(std::string address);

}  // namespace gossamer::ledger
