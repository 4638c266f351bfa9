#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gossamer/fake_cloud.hpp"
#include "gossamer/result.hpp"

namespace gossamer::demo {

/// A cloud on this machine that lists the demo's nodes as instances with a tag: they know nothing
/// of each other but that tag.
class DemoCloud {
 public:
  /// Takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for its own, or makes them up and puts them
  /// into the environment, where the nodes will find them. Errors: io.
  static Result<std::unique_ptr<DemoCloud>> start();

  /// What a node is told to discover by.
  std::string url() const;
  /// One more machine, whose node will listen at that port of 127.0.0.1. Gives its id.
  std::string launch(std::uint16_t port);
  void terminate(const std::string& machine) { cloud_->set_state(machine, "terminated"); }
  /// DescribeInstances calls so far.
  std::uint64_t calls() const;

 private:
  explicit DemoCloud(std::unique_ptr<FakeCloud> cloud) : cloud_(std::move(cloud)) {}
  std::unique_ptr<FakeCloud> cloud_;
};

}  // namespace gossamer::demo
