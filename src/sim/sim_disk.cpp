#include "sim/sim_disk.hpp"

#include <algorithm>

namespace gossamer::sim {

class SimDisk::View final : public NodeStore {
 public:
  View(SimDisk& disk, std::shared_ptr<Process> process)
      : disk_(disk), process_(std::move(process)) {}
  void persist(std::vector<Write> writes, Done done) override {
    disk_.persist(process_, std::move(writes), std::move(done));
  }
  void keep_secret(const std::string& name, Bytes secret, Done done) override {
    persist({{name, std::move(secret)}}, std::move(done));
  }
  void cache(std::vector<Write> writes) override { disk_.cache(std::move(writes)); }

 private:
  SimDisk& disk_;
  std::weak_ptr<Process> process_;
};

std::unique_ptr<NodeStore> SimDisk::view(std::shared_ptr<Process> process) {
  return std::make_unique<View>(*this, std::move(process));
}

void SimDisk::apply(Table& table, const std::vector<NodeStore::Write>& writes) {
  for (const NodeStore::Write& write : writes) {
    if (write.value) {
      table[write.key] = *write.value;
    } else {
      table.erase(write.key);
    }
  }
}

Duration SimDisk::draw_sync() {
  return Duration{random_.between(conditions_.sync_min.count(), conditions_.sync_max.count())};
}

void SimDisk::persist(std::weak_ptr<Process> process, std::vector<NodeStore::Write> writes,
                      NodeStore::Done done) {
  const std::uint64_t number = ++numbers_;
  pending_.push_back({number, std::move(writes)});
  last_sync_ = std::max(last_sync_, queue_.now()) + draw_sync();
  queue_.at(last_sync_,
            [this, number, process = std::move(process), done = std::move(done)]() mutable {
              // A crash has decided already what became of it.
              if (pending_.empty() || pending_.front().number != number) return;
              apply(durable_, pending_.front().writes);
              pending_.pop_front();
              if (const auto alive = process.lock()) {
                alive->post([done = std::move(done)]() mutable { done({}); });
              }
            });
}

void SimDisk::cache(std::vector<NodeStore::Write> writes) {
  pending_cache_.push_back(std::move(writes));
  if (pending_cache_.size() <= kCacheWritesMax) return;
  apply(cache_, pending_cache_.front());
  pending_cache_.pop_front();
}

void SimDisk::crash() {
  const std::size_t kept = random_.below(pending_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) apply(durable_, pending_[i].writes);
  pending_.clear();
  const std::size_t kept_cache = random_.below(pending_cache_.size() + 1);
  for (std::size_t i = 0; i < kept_cache; ++i) apply(cache_, pending_cache_[i]);
  pending_cache_.clear();
}

void SimDisk::restore(const Copy& copy) {
  pending_.clear();
  pending_cache_.clear();
  durable_ = copy.durable;
  cache_ = copy.cache;
}

const Bytes* SimDisk::durable(const std::string& key) const {
  const auto found = durable_.find(key);
  return found == durable_.end() ? nullptr : &found->second;
}

std::vector<NodeStore::Write> SimDisk::cached() const {
  std::vector<NodeStore::Write> writes;
  for (const auto& [key, value] : cache_) writes.push_back({key, value});
  return writes;
}

}  // namespace gossamer::sim
