#pragma once

#include <optional>

namespace gossamer::bench {

/// With `--peer NAME` among the arguments, this process becomes that rival's harness, which lies
/// beside it and takes the same arguments. Empty if there is no `--peer`. If it comes back with a
/// status, the sentence why has been printed: 2 for a rival that there is not, 1 for one that is
/// not built.
std::optional<int> become_peer(int argc, char** argv);

}  // namespace gossamer::bench
