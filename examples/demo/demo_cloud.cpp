#include "demo_cloud.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace gossamer::demo {
namespace {

/// What the environment says, or what it is now made to say.
std::string settled(const char* variable, const std::string& otherwise) {
  if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') return value;
  ::setenv(variable, otherwise.c_str(), 1);
  return otherwise;
}

}  // namespace

Result<std::unique_ptr<DemoCloud>> DemoCloud::start() {
  FakeCloud::Options options;
  options.access_key_id = settled("AWS_ACCESS_KEY_ID", options.access_key_id);
  options.secret_access_key = settled("AWS_SECRET_ACCESS_KEY", options.secret_access_key);
  // These nodes run on no instance, and are not to look for one.
  ::setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
  auto cloud = FakeCloud::start(options);
  if (!cloud) return tl::unexpected(cloud.error());
  return std::unique_ptr<DemoCloud>{new DemoCloud{std::move(*cloud)}};
}

std::string DemoCloud::url() const {
  return fmt::format("ec2:cluster=demo?region=us-east-1&endpoint={}&port=tag:port&interval=10",
                     cloud_->endpoint());
}

std::string DemoCloud::launch(std::uint16_t port) {
  FakeInstance instance;
  instance.private_v4 = "127.0.0.1";
  instance.tags = {{"cluster", "demo"}, {"port", std::to_string(port)}};
  return cloud_->add_instance(std::move(instance));
}

std::uint64_t DemoCloud::calls() const {
  const auto counters = cloud_->counters();
  const auto found = counters.find("ec2.DescribeInstances");
  return found == counters.end() ? 0 : found->second;
}

}  // namespace gossamer::demo
