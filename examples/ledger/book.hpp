#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/store.hpp"
#include "protocol.hpp"

namespace gossamer::ledger {

/// The ledger's rules on top of a store: counters, and each write done once. What a write changed
/// and the answer that it got are committed together, so a retry finds both or neither, on any
/// owner.
///
/// One commit is under way at a time, for the next one builds on its outcome; what arrives
/// meanwhile goes into the next, together.
///
/// **Threads**: confined to the loop. Answers of writes may come after it is destroyed:
/// `cancelled`.
class Book : public std::enable_shared_from_this<Book> {
 public:
  using Answer = UniqueFunction<void(Result<Reply>)>;
  static constexpr std::size_t kWaitingMax = 4096;
  static constexpr std::size_t kCommitRequestsMax = 256;

  explicit Book(std::shared_ptr<Store> store) : store_(std::move(store)) {}

  /// Reads answer at once.
  void serve(Request request, Answer answer);
  /// Answers all who wait with `reason`; nothing more is committed.
  void stop(const Error& reason);

 private:
  struct Write {
    Request request;  ///< Add or Put.
    Answer answer;
  };
  /// What the batch being built would make of the store.
  using Overlay = std::map<std::string, std::string>;

  Result<Reply> get(const std::string& key) const;
  Result<Reply> sum(const std::string& prefix) const;
  void commit_next();
  Result<std::string> apply(const Request& request, Overlay& overlay) const;
  Result<std::optional<std::string>> read(const std::string& key, const Overlay& overlay) const;
  Reply reply(std::string value) const { return {std::move(value), false, store_->epoch()}; }

  std::shared_ptr<Store> store_;
  std::deque<Write> waiting_;
  bool is_committing_ = false;
  std::optional<Error> stopped_{};
};

}  // namespace gossamer::ledger
