#include "give_up.hpp"

#include <cstdio>
#include <cstdlib>

namespace gossamer::bench {

void give_up(const std::string& why) {
  std::fprintf(stderr, "gossamer-bench: %s\n", why.c_str());
  std::fflush(stderr);
  std::_Exit(1);
}

}  // namespace gossamer::bench
