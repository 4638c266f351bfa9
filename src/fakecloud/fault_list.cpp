#include "fakecloud/fault_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gossamer::fakecloud {
namespace {

constexpr std::array<std::string_view, 12> kKinds{"status",
                                                  "status_after_success",
                                                  "late",
                                                  "hang",
                                                  "hang_after_success",
                                                  "reset",
                                                  "torn",
                                                  "slow",
                                                  "skewed_clock",
                                                  "expired_token",
                                                  "empty_page",
                                                  "unconditional"};

bool is_list(const Operation& operation) {
  return operation.name == "ListObjectsV2" || operation.name == "DescribeInstances";
}

bool fits(const FakeFault& fault, const Operation& operation) {
  if (!fault.service.empty() && fault.service != to_string(operation.service)) return false;
  if (!fault.operation.empty() && fault.operation != operation.name) return false;
  if (operation.key.compare(0, fault.key_prefix.size(), fault.key_prefix) != 0) return false;
  return fault.kind != FakeFault::Kind::empty_page || is_list(operation);
}

}  // namespace

std::uint64_t FaultList::add(FakeFault fault) {
  const std::lock_guard lock{mutex_};
  entries_.push_back({next_, std::move(fault), 0});
  return next_++;
}

void FaultList::remove(std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  std::erase_if(entries_, [&](const Entry& entry) { return entry.number == number; });
}

void FaultList::clear() {
  const std::lock_guard lock{mutex_};
  entries_.clear();
}

std::vector<std::pair<std::uint64_t, FakeFault>> FaultList::all() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::pair<std::uint64_t, FakeFault>> faults;
  for (const Entry& entry : entries_) faults.emplace_back(entry.number, entry.fault);
  return faults;
}

std::optional<FakeFault> FaultList::strike(const Operation& operation) {
  const std::lock_guard lock{mutex_};
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (!fits(entry->fault, operation)) continue;
    if (entry->fault.percent < 100 && !random_.chance(entry->fault.percent, 100)) continue;
    const FakeFault fault = entry->fault;
    if (++entry->struck == fault.times) entries_.erase(entry);
    return fault;
  }
  return std::nullopt;
}

std::string_view to_string(FakeFault::Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

std::string fault_kinds() {
  return fmt::format("{}", fmt::join(kKinds, ", "));
}

std::optional<FakeFault::Kind> fault_kind_of(std::string_view name) {
  const auto found = std::find(kKinds.begin(), kKinds.end(), name);
  if (found == kKinds.end()) return std::nullopt;
  return static_cast<FakeFault::Kind>(found - kKinds.begin());
}

}  // namespace gossamer::fakecloud
