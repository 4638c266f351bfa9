#include <cstdio>

#include "gossamer/gossamer.hpp"

int main() {
  gossamer::NodeOptions options{.name = "consumer", .cluster = "package"};
  options.bind = {"127.0.0.1", 0};
  options.is_insecure = true;
  auto node = gossamer::NodeThread::start(std::move(options));
  if (!node) {
    std::fprintf(stderr, "%s\n", node.error().detail.c_str());
    return 1;
  }
  const auto joined = (*node)->join(std::chrono::seconds{5});
  std::printf("gossamer %s, %zu member\n", std::string{gossamer::version()}.c_str(),
              (*node)->handle().members().size());
  return joined && (*node)->handle().members().live_count() == 1 ? 0 : 1;
}
