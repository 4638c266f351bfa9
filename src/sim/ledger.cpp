#include "sim/ledger.hpp"

#include <algorithm>
#include <cstdlib>

namespace gossamer::sim {
namespace {

constexpr std::string_view kRequestPrefix = "req/";
constexpr std::string_view kSumPrefix = "sum/";

std::uint64_t to_number(std::string_view text) {
  return std::strtoull(std::string{text}.c_str(), nullptr, 10);
}

}  // namespace

Ledger::Ledger(HostIndex host, std::shared_ptr<Store> store, Witness& witness)
    : host_(host), store_(std::move(store)), witness_(witness) {
  LedgerContents contents = read_ledger(*store_);
  sums_ = std::move(contents.sums);
  for (const auto& [id, applied] : contents.requests) requests_.insert(id);
}

void Ledger::increment(const LedgerRequest& request, Reply reply) {
  if (is_stopped_) {
    reply(fail(ErrorCode::fenced, "the ledger has stopped"));
    return;
  }
  WriteBatch batch;
  batch.put(std::string{kRequestPrefix} + request.id,
            request.counter + "=" + std::to_string(request.amount));
  // Of a request seen before only its note is written again: when that is durable, so is all
  // before.
  if (requests_.insert(request.id).second) {
    std::uint64_t& sum = sums_[request.counter];
    sum += request.amount;
    batch.put(std::string{kSumPrefix} + request.counter, std::to_string(sum));
    batch.put("flag", request.flag ? "up" : "down");
  }
  Acknowledgement promise{store_->unit(),  store_->epoch(), request.id,
                          request.counter, request.amount,  request.durability};
  store_->commit(
      std::move(batch), request.durability,
      [weak = weak_from_this(), witness = &witness_, host = host_, promise = std::move(promise),
       reply = std::move(reply)](Result<Sequence> done) mutable {
        if (!done) {
          if (const auto self = weak.lock()) self->stop();
          return reply(tl::unexpected(done.error()));
        }
        witness->on_acknowledged(host, promise);
        reply({});
      });
}

LedgerContents read_ledger(const Store& store) {
  LedgerContents contents;
  (void)store.scan(kRequestPrefix, "", [&](std::string_view key, std::string_view value) {
    const std::size_t equals = std::min(value.find('='), value.size() - 1);
    contents.requests[std::string{key.substr(kRequestPrefix.size())}] = {
        std::string{value.substr(0, equals)}, to_number(value.substr(equals + 1))};
    return true;
  });
  (void)store.scan(kSumPrefix, "", [&](std::string_view key, std::string_view value) {
    contents.sums[std::string{key.substr(kSumPrefix.size())}] = to_number(value);
    return true;
  });
  return contents;
}

std::vector<std::string> requests_in(const WriteBatch& batch) {
  std::vector<std::string> ids;
  for (const WriteBatch::Operation& operation : batch.operations()) {
    if (operation.key.compare(0, kRequestPrefix.size(), kRequestPrefix) == 0) {
      ids.push_back(operation.key.substr(kRequestPrefix.size()));
    }
  }
  return ids;
}

}  // namespace gossamer::sim
