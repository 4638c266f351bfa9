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
  // One more than on average, for updates fall due unevenly between batches.
  const std::size_t batch = (settings.rate + per_second - 1) / per_second + 1;
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

bool UpdateFeed::offer() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (; next_ < updates_; ++next_) {
    const auto after = std::chrono::nanoseconds{1'000'000'000ULL * next_ / settings_.rate};
    if (start_ + after > now) break;
    // From when it was due: that the bench or the batch was late is part of its latency.
    deliveries_.offered(next_, start_ + after);
    origins_[next_ % origins_.size()].due.push_back(next_);
  }
  bool is_anything_left = next_ < updates_;
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    if (origins_[i].next_batch <= now) {
      publish(i);
      origins_[i].next_batch = std::max(origins_[i].next_batch + kBatchEvery, now);
    }
    is_anything_left = is_anything_left || !origins_[i].due.empty();
  }
  return is_anything_left;
}

void UpdateFeed::publish(std::size_t index) {
  Origin& origin = origins_[index];
  if (origin.due.empty()) return;
  cluster_.with(index, [&](Node& node) {
    for (std::size_t begin = 0; begin < origin.due.size(); begin += updates_per_record()) {
      std::map<std::string, std::string> attributes;
      const std::size_t end = std::min(begin + updates_per_record(), origin.due.size());
      for (std::size_t i = begin; i < end; ++i) {
        attributes[std::to_string(i - begin)] = value_of(first_number_ + origin.due[i]);
      }
      const std::size_t slot = origin.next_slot++ % slots_;
      origin.slots[slot].reset();
      auto made =
          node.naming().publish(name_of(index, slot), {"127.0.0.1", 1}, std::move(attributes));
      if (!made) give_up("updates: publish: " + made.error().detail);
      origin.slots[slot].emplace(std::move(*made));
    }
  });
  origin.due.clear();
}

}  // namespace gossamer::bench
