#include <set>

#include "contract/unit_stores_contract.hpp"
#include "sim/sim_unit_stores.hpp"
#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;
using gossamer::test::journalled;
using gossamer::test::kUnit;
using gossamer::test::nonce;
using gossamer::test::one_put;

namespace {

struct Units final : SimFixture, gossamer::test::UnitStoresFixture {
  explicit Units(std::uint64_t seed = 1) : seed_(seed) {
    restart_here();
    elsewhere_ = make(volume_elsewhere_);
  }
  UnitStores& here() override { return *here_; }
  UnitStores& elsewhere() override { return *elsewhere_; }
  void restart_here() override {
    if (here_) process->end();
    process = make_process();
    here_ = make(volume_here_);
  }
  std::size_t waiting_bytes_max() const override { return SimUnitStores::kWaitingBytesMax; }
  std::size_t unshipped_bytes_max() const override { return SimUnitStores::kKeptBytesMax; }
  void run_until(UniqueFunction<bool()> is_met) override {
    SimFixture::run_until(std::move(is_met));
  }
  void crash_here() {
    process->end();
    here_->crash();
    restart_here();
  }

 private:
  std::unique_ptr<SimUnitStores> make(const std::shared_ptr<Volume>& volume) {
    auto stores =
        std::make_unique<SimUnitStores>(0, volume, process, DiskConditions{}, seed_++, witness);
    stores->set_listener(&listener);
    return stores;
  }

  std::uint64_t seed_;
  std::shared_ptr<Volume> volume_here_ = std::make_shared<Volume>(Volume{1, {}});
  std::shared_ptr<Volume> volume_elsewhere_ = std::make_shared<Volume>(Volume{2, {}});
  std::unique_ptr<SimUnitStores> here_;
  std::unique_ptr<SimUnitStores> elsewhere_;
};

}  // namespace

TEST_CASE("stores: the simulated stores keep the contract of every store") {
  Units units;
  gossamer::test::check_unit_stores_contract(units);
}

TEST_CASE("stores: a crash loses commits that were not synced, and only those, from the end") {
  std::set<Sequence> kept;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    Units units{seed};
    const std::shared_ptr<Store> store = units.open_with(units.here(), 2);
    int answers = 0;
    for (int i = 0; i < 5; ++i) {
      store->commit(one_put("late", std::to_string(i)), Durability::local,
                    [&](Result<Sequence>) { ++answers; });
    }
    units.crash_here();
    units.run_for(1s);
    CHECK(answers == 0);
    const UnitStores::Opened opened = units.open(units.here(), 2, 2);
    CHECK(opened.sequence >= 2);
    CHECK(opened.tail.size() == opened.sequence);
    kept.insert(opened.sequence);
  }
  // Commits are synced in groups, and a group is kept whole or not at all.
  CHECK(kept == std::set<Sequence>{2, 3});
}

TEST_CASE("stores: a claim that was answered is remembered after a crash") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Units units{seed};
    units.open_with(units.here(), 1);
    units.close(units.here());
    REQUIRE(units.await<void>(
        [&](auto done) { units.here().record_claim(kUnit, nonce(4), std::move(done)); }));
    units.crash_here();
    CHECK(units.inspect(units.here()).claims == std::vector<journal::Nonce>{nonce(1), nonce(4)});
  }
}

TEST_CASE("stores: a checkpoint's files that have not changed have the hash that they had") {
  Units units;
  const std::shared_ptr<Store> store = units.open_with(units.here(), 30);
  const journal::CheckpointState first = units.checkpoint(units.here(), 1);
  REQUIRE(units.commit(*store, one_put("another", "x")).has_value());
  const journal::CheckpointState second = units.checkpoint(units.here(), 2);
  std::size_t same = 0;
  for (const journal::ManifestFile& file : first.files) {
    for (const journal::ManifestFile& other : second.files) same += file == other ? 1 : 0;
  }
  CHECK(same == first.files.size() - 1);
  CHECK(second.files.size() == first.files.size() + 1);
}
