#pragma once

#include <utility>
#include <vector>

#include "ports/node_store.hpp"
#include "ports/workers.hpp"

namespace gossamer::node {

/// For nodes without a data directory: nothing outlives them, so there is nothing to keep.
class MemoryNodeStore final : public NodeStore {
 public:
  explicit MemoryNodeStore(Workers& workers) : workers_(workers) {}

  void persist(std::vector<Write>, Done done) override {
    workers_.post([done = std::move(done)]() mutable { done({}); });
  }
  void keep_secret(const std::string&, Bytes, Done done) override { persist({}, std::move(done)); }
  void cache(std::vector<Write>) override {}

 private:
  Workers& workers_;
};

}  // namespace gossamer::node
