#pragma once

#include <string>

namespace gossamer::bench {

/// Ends the process at once, from any thread, with a sentence and status 1: without what was to be
/// measured there is nothing to print.
[[noreturn]] void give_up(const std::string& why);

}  // namespace gossamer::bench
