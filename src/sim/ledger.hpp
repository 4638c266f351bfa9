#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "gossamer/store.hpp"
#include "gossamer/unique_function.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim {

/// What a client asks of a ledger. The same id is the same request, however often it comes.
struct LedgerRequest {
  std::string id{};
  std::string counter{};
  std::uint64_t amount = 0;
  bool flag = false;  ///< Written over the last one, so that state also returns to what it was.
  Durability durability = Durability::frozen;
};

/// The service that the workload uses: counters, with every request applied once. It notes a
/// request in the same commit as its effect.
class Ledger : public std::enable_shared_from_this<Ledger> {
 public:
  Ledger(HostIndex host, std::shared_ptr<Store> store, Witness& witness);

  using Reply = UniqueFunction<void(Result<void>)>;
  void increment(const LedgerRequest& request, Reply reply);
  void stop() { is_stopped_ = true; }

  const Store& store() const { return *store_; }

 private:
  HostIndex host_;
  std::shared_ptr<Store> store_;
  Witness& witness_;
  /// Ahead of the store by what is being committed.
  std::map<std::string, std::uint64_t> sums_;
  std::set<std::string> requests_;
  bool is_stopped_ = false;  ///< Or a commit failed: what the memory holds may not be in the store.
};

/// What a ledger's store holds, for those who check it.
struct LedgerContents {
  struct Applied {
    std::string counter{};
    std::uint64_t amount = 0;
  };
  std::map<std::string, Applied> requests{};
  std::map<std::string, std::uint64_t> sums{};
};
LedgerContents read_ledger(const Store& store);

/// Ids of the requests that a commit applies.
std::vector<std::string> requests_in(const WriteBatch& batch);

}  // namespace gossamer::sim
