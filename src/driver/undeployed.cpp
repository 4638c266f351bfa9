#include "driver/undeployed.hpp"

namespace gossamer::driver {

void Undeployed::bury(Instant now, const std::string& service, std::uint64_t version) {
  const auto held = versions_.find(service);
  if (held != versions_.end() && held->second == version) return;
  versions_[service] = version;
  hushes_.set(service, now + tombstone_time_ / 2);
  forgets_.set(service, now + tombstone_time_);
}

void Undeployed::raise(const std::string& service) {
  hushes_.cancel(service);
  forgets_.cancel(service);
  versions_.erase(service);
}

std::vector<Undeployed::Service> Undeployed::take_hushed(Instant now) {
  std::vector<Service> taken;
  for (const std::string& name : hushes_.take_due(now, services_max_)) {
    taken.push_back({name, versions_.at(name)});
  }
  return taken;
}

std::vector<Undeployed::Service> Undeployed::take_forgotten(Instant now) {
  std::vector<Service> taken;
  for (const std::string& name : forgets_.take_due(now, services_max_)) {
    taken.push_back({name, versions_.at(name)});
    raise(name);
  }
  return taken;
}

std::optional<Instant> Undeployed::next_deadline() const {
  std::optional<Instant> next = hushes_.next();
  earlier(next, forgets_.next());
  return next;
}

}  // namespace gossamer::driver
