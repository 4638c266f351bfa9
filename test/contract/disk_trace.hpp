#pragma once

#include <string>
#include <vector>

// What a power cut would have spared cannot be seen by a kill. So this program stands between
// itself, its libraries and the C library, and writes down the calls that make things durable.

namespace gossamer::test {

/// Forgets what was written down.
void restart_disk_trace();
/// Of all threads, in order: `sync file`, `sync folder`, `link`, `rename`.
std::vector<std::string> disk_trace();
/// How many calls in it are `sync file`.
std::size_t synced_files();

}  // namespace gossamer::test
