#include "fakecloud/instance_list.hpp"

#include <fmt/format.h>

#include <utility>

namespace gossamer::fakecloud {

// Callers hold the mutex.
std::string InstanceList::draw_hex(std::size_t count) {
  std::string text;
  while (text.size() < count) text += fmt::format("{:016x}", random_.next());
  text.resize(count);
  return text;
}

std::string InstanceList::add(FakeInstance instance, aws::WallTime now) {
  constexpr std::size_t kOfOneReservation = 3;
  const std::lock_guard lock{mutex_};
  if (instance.id.empty()) instance.id = "i-" + draw_hex(17);
  std::string id = instance.id;
  Machine machine;
  machine.number = machines_.size();
  machine.launched = now;
  machine.reservation = machines_.size() % kOfOneReservation == 0 ? "r-" + draw_hex(17)
                                                                  : machines_.back().reservation;
  machine.subnet = fmt::format("subnet-{}", instance.zone);
  machine.interface = "eni-" + draw_hex(17);
  const std::string mac = draw_hex(6);
  machine.mac = fmt::format("0a:ff:10:{}:{}:{}", mac.substr(0, 2), mac.substr(2, 2), mac.substr(4));
  machine.instance = std::move(instance);
  if (Machine* known = find_locked(id)) {
    machine.number = known->number;
    machine.reservation = known->reservation;
    *known = std::move(machine);
  } else {
    places_[id] = machines_.size();
    machines_.push_back(std::move(machine));
  }
  return id;
}

Machine* InstanceList::find_locked(const std::string& id) {
  const auto found = places_.find(id);
  return found == places_.end() ? nullptr : &machines_[found->second];
}

bool InstanceList::set_state(const std::string& id, const std::string& state) {
  const std::lock_guard lock{mutex_};
  Machine* machine = find_locked(id);
  if (machine != nullptr) machine->instance.state = state;
  return machine != nullptr;
}

bool InstanceList::set_tag(const std::string& id, const std::string& key,
                           const std::string& value) {
  const std::lock_guard lock{mutex_};
  Machine* machine = find_locked(id);
  if (machine != nullptr) machine->instance.tags[key] = value;
  return machine != nullptr;
}

bool InstanceList::give_notice(const std::string& id, Notice notice) {
  const std::lock_guard lock{mutex_};
  Machine* machine = find_locked(id);
  if (machine == nullptr) return false;
  auto& told = notice.action == "rebalance" ? machine->rebalance : machine->notice;
  told = std::move(notice);
  return true;
}

void InstanceList::clear() {
  const std::lock_guard lock{mutex_};
  machines_.clear();
  places_.clear();
}

std::optional<Machine> InstanceList::find(const std::string& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = places_.find(id);
  if (found == places_.end()) return std::nullopt;
  return machines_[found->second];
}

std::vector<Machine> InstanceList::all() const {
  const std::lock_guard lock{mutex_};
  return machines_;
}

}  // namespace gossamer::fakecloud
