#include "update_feed.hpp"

#include <algorithm>
#include <charconv>

#include "give_up.hpp"
#include "naming/record.hpp"

namespace gossamer::bench {
namespace {

constexpr std::chrono::milliseconds kBatchEvery{100};
constexpr std::size_t kBatchesPerSecond = 10;
constexpr std::size_t kReusedAfterBatches = 50;
constexpr std::size_t kUpdateBytes = 100;
constexpr std::size_t kKeyBytesMax = 2;

std::string value_of(std::size_t number) {
  std::string value = std::to_string(number);
  value.resize(kUpdateBytes, '.');
  return value;
}

std::optional<std::size_t> number_of(const std::string& value) {
  std::size_t number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  return read.ec == std::errc{} ? std::optional{number} : std::nullopt;
}

}  // namespace

std::size_t UpdateFeed::updates_per_record() {
  return std::clamp<std::size_t>(naming::kAttributeBytesMax / (kUpdateBytes + kKeyBytesMax), 1,
                                 naming::kAttributesMax);
}

UpdateFeed::UpdateFeed(Cluster& cluster, const Settings& settings)
    : cluster_(cluster), settings_(settings), origins_(settings.origins), watches_(cluster.size()) {
  const std::size_t per_second = settings.origins * kBatchesPerSecond;
  // One more than on average where updates fall due unevenly between batches.
  const std::size_t batch =
      (settings.rate + per_second - 1) / per_second + (settings.rate % per_second == 0 ? 0 : 1);
  const std::size_t records = (batch + updates_per_record() - 1) / updates_per_record();
  slots_ = kReusedAfterBatches * records;
  for (Origin& origin : origins_) origin.slots.resize(slots_);
  for (std::size_t node = 0; node < cluster.size(); ++node) watch_all(node);
}

UpdateFeed::~UpdateFeed() {
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    cluster_.with(i, [&](Node&) {
      watches_[i].clear();
      if (i < origins_.size()) origins_[i].slots.clear();
    });
  }
}

std::string UpdateFeed::name_of(std::size_t origin, std::size_t slot) const {
  return "u" + std::to_string(origin) + "." + std::to_string(slot);
}

void UpdateFeed::watch_all(std::size_t index) {
  cluster_.with(index, [&](Node& node) {
    const auto heard = [this, index](const std::vector<NameRecord>& records) {
      const SteadyTime now = std::chrono::steady_clock::now();
      for (const NameRecord& record : records) {
        for (const auto& [key, value] : record.attributes) {
          // One of an earlier window has a lower number, and so is none of this one's.
          if (const auto number = number_of(value)) {
            deliveries_.arrived(index, *number - first_number_, now);
          }
        }
      }
    };
    for (std::size_t origin = 0; origin < origins_.size(); ++origin) {
      for (std::size_t slot = 0; slot < slots_; ++slot) {
        watches_[index].push_back(node.naming().watch(name_of(origin, slot), heard));
      }
    }
  });
}

void UpdateFeed::begin(std::size_t updates) {
  first_number_ += updates_;
  deliveries_.expect(cluster_.size(), updates);
  updates_ = updates;
  next_ = 0;
  start_ = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    origins_[i].next_batch = start_ + kBatchEvery * (i + 1) / origins_.size();
  }
}

SteadyTime UpdateFeed::due_at(std::size_t update) const {
  return start_ + std::chrono::nanoseconds{1'000'000'000ULL * update / settings_.rate};
}

bool UpdateFeed::offer() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (; next_ < updates_ && due_at(next_) <= now; ++next_) {
    // From when it was due: that the bench or the batch was late is part of its latency.
    deliveries_.offered(next_, due_at(next_));
    origins_[next_ % origins_.size()].due.push_back(next_);
  }
  bool is_anything_left = next_ < updates_;
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    // What a late bench has missed makes batches of its own, as large as they would have been.
    for (; origins_[i].next_batch <= now; origins_[i].next_batch += kBatchEvery) publish(i);
    is_anything_left = is_anything_left || !origins_[i].due.empty();
  }
  return is_anything_left;
}

void UpdateFeed::publish(std::size_t index) {
  Origin& origin = origins_[index];
  const auto later = std::find_if(origin.due.begin(), origin.due.end(), [&](std::size_t update) {
    return due_at(update) > origin.next_batch;
  });
  const std::vector<std::size_t> batch{origin.due.begin(), later};
  if (batch.empty()) return;
  origin.due.erase(origin.due.begin(), later);
  statements_ += (batch.size() + updates_per_record() - 1) / updates_per_record();
  cluster_.post(index, [this, index, batch](Node& node) {
    auto& slots = origins_[index].slots;
    for (std::size_t begin = 0; begin < batch.size(); begin += updates_per_record()) {
      std::map<std::string, std::string> attributes;
      const std::size_t end = std::min(begin + updates_per_record(), batch.size());
      for (std::size_t i = begin; i < end; ++i) {
        attributes[std::to_string(i - begin)] = value_of(first_number_ + batch[i]);
      }
      const std::size_t slot = origins_[index].next_slot++ % slots_;
      if (auto& used = slots[slot]) {
        const auto told = used->update(std::move(attributes));
        if (!told) give_up("updates: update: " + told.error().detail);
        continue;
      }
      auto made =
          node.naming().publish(name_of(index, slot), {"127.0.0.1", 1}, std::move(attributes));
      if (!made) give_up("updates: publish: " + made.error().detail);
      slots[slot].emplace(std::move(*made));
    }
  });
}

}  // namespace gossamer::bench
