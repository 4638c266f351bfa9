#pragma once

#include <string>
#include <string_view>

namespace gossamer::cli {

/// For what others have chosen: no text may move the cursor, look like a line of ours, or turn the
/// order in which a line is read.
std::string without_controls(std::string_view text);

}  // namespace gossamer::cli
