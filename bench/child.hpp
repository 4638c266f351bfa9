#pragma once

namespace gossamer::bench {

/// The commands by which this program starts itself. They are nobody else's, and no scenarios.
constexpr const char* kChildCommand = "one-node";
constexpr const char* kSpinCommand = "one-busy-core";

/// One node in a process of its own. It tells its parent, a line each, on standard output:
///
///     up ADDRESS:PORT INCARNATION
///     count MEMBERS
///     down NAME NANOSECONDS   by the steady clock, which is the same in all processes
///
/// and does what it is told to on standard input (child_orders.hpp), with which it ends. The exit
/// status.
int run_child(int argc, char** argv);

/// Keeps a core busy until it is killed.
int run_busy_core();

}  // namespace gossamer::bench
