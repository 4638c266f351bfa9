// gossamer-bench: what gossamer costs and how fast it is, on real sockets on this machine.

#include <iostream>
#include <string_view>

#include "child.hpp"
#include "command_line.hpp"
#include "peer.hpp"

int main(int argc, char** argv) {
  using namespace gossamer::bench;
  if (argc > 1 && argv[1] == std::string_view{kChildCommand}) return run_child(argc - 1, argv + 1);
  if (argc > 1 && argv[1] == std::string_view{kSpinCommand}) return run_busy_core();
  if (const std::optional<int> status = become_peer(argc, argv)) return *status;
  CommandLine line;
  if (const std::optional<int> status = line.parse(argc, argv)) return *status;
  std::cout << line.run().dump() << std::endl;
  return 0;
}
