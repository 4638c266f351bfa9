#include "ownership/spec_book.hpp"

namespace gossamer::ownership {

SpecBook::Added SpecBook::add(const SpecVersion& spec) {
  if (spec.version == 0 || !spec.spec.validate()) return Added::invalid;
  const std::string& name = spec.spec.name;
  const auto held = specs_.find(name);
  if (held != specs_.end() && spec.version <= held->second.version) return Added::stale;
  if (held == specs_.end() && specs_.size() >= specs_max_) {
    if (undeployed_.empty()) return Added::full;
    specs_.erase(*undeployed_.begin());
    undeployed_.erase(undeployed_.begin());
  }
  specs_[name] = spec;
  if (spec.is_undeploy) {
    undeployed_.insert(name);
  } else {
    undeployed_.erase(name);
  }
  return Added::newer;
}

const SpecVersion* SpecBook::find(const std::string& service) const {
  const auto held = specs_.find(service);
  return held == specs_.end() ? nullptr : &held->second;
}

std::uint32_t SpecBook::instances(const std::string& service) const {
  const SpecVersion* const held = find(service);
  return held == nullptr || held->is_undeploy ? 0 : held->spec.instances;
}

std::vector<SpecVersion> SpecBook::all() const {
  std::vector<SpecVersion> specs;
  specs.reserve(specs_.size());
  for (const auto& [name, spec] : specs_) specs.push_back(spec);
  return specs;
}

}  // namespace gossamer::ownership
