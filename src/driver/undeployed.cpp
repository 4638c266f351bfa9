#include "driver/undeployed.hpp"

namespace gossamer::driver {

void Undeployed::bury(Instant now, const std::string& service, std::uint64_t version) {
  const auto held = forgets_.by_name.find(service);
  if (held != forgets_.by_name.end() && held->second.second == version) return;
  hushes_.set(service, now + tombstone_time_ / 2, version);
  forgets_.set(service, now + tombstone_time_, version);
}

void Undeployed::raise(const std::string& service) {
  hushes_.clear(service);
  forgets_.clear(service);
}

bool Undeployed::is_told(const std::string& service) const {
  return hushes_.by_name.count(service) == 1;
}

std::optional<Instant> Undeployed::next_deadline() const {
  std::optional<Instant> next;
  for (const Due* due : {&hushes_, &forgets_}) {
    if (due->by_time.empty()) continue;
    const Instant first = due->by_time.begin()->first;
    if (!next || first < *next) next = first;
  }
  return next;
}

void Undeployed::Due::set(const std::string& service, Instant at, std::uint64_t version) {
  clear(service);
  by_name[service] = {at, version};
  by_time.insert({at, service});
}

void Undeployed::Due::clear(const std::string& service) {
  const auto held = by_name.find(service);
  if (held == by_name.end()) return;
  by_time.erase({held->second.first, service});
  by_name.erase(held);
}

std::vector<Undeployed::Service> Undeployed::take(Due& due, Instant now) const {
  std::vector<Service> taken;
  while (!due.by_time.empty() &&
         (due.by_time.begin()->first <= now || due.by_time.size() > services_max_)) {
    const std::string name = due.by_time.begin()->second;
    taken.push_back({name, due.by_name.at(name).second});
    due.clear(name);
  }
  return taken;
}

}  // namespace gossamer::driver
