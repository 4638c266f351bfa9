#pragma once

#include <memory>
#include <utility>

#include "gossamer/store.hpp"
#include "node/callback_queue.hpp"

namespace gossamer::node {

/// A unit's store as a service holds it: answers of commits run from the node's callback queue.
class ServiceStore final : public Store {
 public:
  ServiceStore(std::shared_ptr<Store> store, std::shared_ptr<CallbackQueue> callbacks)
      : store_(std::move(store)), callbacks_(std::move(callbacks)) {}

  const UnitId& unit() const override { return store_->unit(); }
  Epoch epoch() const override { return store_->epoch(); }
  Result<std::optional<std::string>> get(std::string_view key) const override {
    return store_->get(key);
  }
  Result<void> scan(
      std::string_view prefix, std::string_view begin,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    return store_->scan(prefix, begin, visit);
  }
  void commit(WriteBatch batch, Durability durability, Committed done) override {
    store_->commit(std::move(batch), durability, callbacks_->answering<Sequence>(std::move(done)));
  }
  Sequence durable_sequence(Durability durability) const override {
    return store_->durable_sequence(durability);
  }

 private:
  std::shared_ptr<Store> store_;
  std::shared_ptr<CallbackQueue> callbacks_;
};

}  // namespace gossamer::node
