#include "sim/ledger.hpp"

#include <optional>
#include <vector>

#include "sim/sim_services.hpp"
#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;

namespace {

/// Commits at once, and answers when the test says so.
class HeldStore final : public Store {
 public:
  const UnitId& unit() const override { return unit_; }
  Epoch epoch() const override { return 3; }
  Result<std::optional<std::string>> get(std::string_view) const override { return std::nullopt; }
  Result<void> scan(
      std::string_view prefix, std::string_view,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    for (const auto& [key, value] : data) {
      if (key.rfind(prefix, 0) == 0 && !visit(key, value)) break;
    }
    return {};
  }
  void commit(WriteBatch batch, Durability, Committed done) override {
    for (const auto& operation : batch.operations())
      data[operation.key] = operation.value.value_or("");
    waiting.push_back(std::move(done));
  }
  Sequence durable_sequence(Durability) const override { return 0; }
  void answer(Result<Sequence> result) {
    std::vector<Committed> answered;
    answered.swap(waiting);
    for (Committed& done : answered) done(result);
  }

  std::map<std::string, std::string> data;
  std::vector<Committed> waiting;

 private:
  UnitId unit_{"ledger", 0};
};

struct Promises final : Witness {
  void on_acknowledged(HostIndex, const Acknowledgement& promise) override {
    seen.push_back(promise.request);
  }
  std::vector<std::string> seen;
};

LedgerRequest request(std::string id, std::uint64_t amount) {
  LedgerRequest made;
  made.id = std::move(id);
  made.counter = "c0";
  made.amount = amount;
  return made;
}

}  // namespace

TEST_CASE("ledger: a request that comes twice is applied once, and both are answered") {
  Promises promises;
  auto store = std::make_shared<HeldStore>();
  const auto ledger = std::make_shared<Ledger>(0, store, promises);
  int ok = 0;
  const auto count = [&](Result<void> done) { ok += done ? 1 : 0; };
  ledger->increment(request("a", 5), count);
  ledger->increment(request("a", 5), count);
  ledger->increment(request("b", 2), count);
  store->answer(1);
  CHECK(ok == 3);
  CHECK(read_ledger(*store).sums.at("c0") == 7);
  CHECK(read_ledger(*store).requests.at("a").amount == 5);
  CHECK(promises.seen == std::vector<std::string>{"a", "a", "b"});
}

TEST_CASE("ledger: the next owner knows what was applied") {
  Promises promises;
  auto store = std::make_shared<HeldStore>();
  std::make_shared<Ledger>(0, store, promises)->increment(request("a", 5), [](Result<void>) {});
  const auto next = std::make_shared<Ledger>(1, store, promises);
  next->increment(request("a", 5), [](Result<void>) {});
  next->increment(request("b", 1), [](Result<void>) {});
  CHECK(read_ledger(*store).sums.at("c0") == 6);
}

TEST_CASE("ledger: after a commit that failed it answers no more") {
  Promises promises;
  auto store = std::make_shared<HeldStore>();
  const auto ledger = std::make_shared<Ledger>(0, store, promises);
  std::vector<bool> answers;
  const auto note = [&](Result<void> done) { answers.push_back(done.has_value()); };
  ledger->increment(request("a", 5), note);
  store->answer(fail(ErrorCode::fenced, "gone"));
  ledger->increment(request("b", 5), note);
  CHECK(answers == std::vector<bool>{false, false});
  CHECK(promises.seen.empty());
}
