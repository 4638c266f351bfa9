#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/membership.hpp"
#include "gossamer/result.hpp"
#include "transport/address_ranges.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::node {

/// Those who wait for the node to have joined, and what tells that it has.
///
/// **Threads**: confined to the loop. Its answers go to the callback queue.
class Joins {
 public:
  using Done = UniqueFunction<void(Result<void>)>;

  /// `own`: addresses that lead to this node itself. `allowed`: with whom it may speak.
  Joins(UvLoop& loop, NodeId self, std::vector<Endpoint> own, AddressRanges allowed,
        bool has_discovery);

  void add(std::chrono::milliseconds timeout, Done done);
  void on_members(const MemberView& members);
  void on_seeds(const std::vector<Endpoint>& seeds);
  void on_discovery_failed(std::string detail) { discovery_problem_ = std::move(detail); }
  void on_object_store_failed(std::string detail) { store_problem_ = std::move(detail); }
  /// The node can never join, or not with what it has. Kept for those who ask later.
  /// Whether somebody waited.
  bool fail_for_good(Error error);
  /// The cluster's object store is another one. Of no concern once it has joined.
  void refuse(const Error& error);
  /// Nobody waits any more.
  void clear() { waiting_.clear(); }

 private:
  struct Waiting {
    Waiting(UvLoop& loop, Done answer, UniqueFunction<void()> on_due)
        : done(std::move(answer)), timer(loop, std::move(on_due)) {}
    Done done;
    UvTimer timer;
    std::chrono::milliseconds timeout{};
  };
  std::optional<Result<void>> answer() const;
  void answer_all();
  void answer_all(const Result<void>& result);
  Error too_late(std::chrono::milliseconds timeout) const;

  UvLoop& loop_;
  const NodeId self_;
  const std::vector<Endpoint> own_;
  const AddressRanges allowed_;
  bool is_started_ = false;
  bool has_company_ = false;
  bool is_only_seed_;
  std::vector<Endpoint> others_{};
  std::vector<Endpoint> shut_out_{};  ///< Seeds that `allowed_` does not hold.
  std::string discovery_problem_{};
  std::string store_problem_{};
  std::optional<Error> failure_{};
  std::list<std::shared_ptr<Waiting>> waiting_;
};

}  // namespace gossamer::node
