#include "gossamer/fake_cloud.hpp"

#include <cstdio>

int main() {
  const auto cloud = gossamer::FakeCloud::start({});
  if (!cloud) {
    std::fprintf(stderr, "%s\n", cloud.error().detail.c_str());
    return 1;
  }
  const std::string id = (*cloud)->add_instance({.private_v4 = "10.0.0.1"});
  std::printf("%s\n", (*cloud)->metadata_endpoint(id).c_str());
  return 0;
}
