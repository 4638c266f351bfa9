#include "naming/registry.hpp"

namespace gossamer::naming {

RecordId id_of(const NameRecord& record) {
  return {record.name, record.ordinal, record.node};
}

Held* Registry::find(const RecordId& id) {
  const auto at = records_.find(id);
  return at == records_.end() ? nullptr : &at->second;
}

const Held* Registry::find(const RecordId& id) const {
  const auto at = records_.find(id);
  return at == records_.end() ? nullptr : &at->second;
}

Held& Registry::put(const RecordId& id, Held held) {
  by_node_[id.node].insert(id);
  if (held.is_cached) {
    cached_.insert(id);
  } else {
    cached_.erase(id);
  }
  if (const Held* const old = find(id)) uncount(*old);
  ++schemas_[held.statement.record.schema];
  return records_[id] = std::move(held);
}

void Registry::uncount(const Held& held) {
  const auto at = schemas_.find(held.statement.record.schema);
  if (--at->second == 0) schemas_.erase(at);
}

void Registry::erase(const RecordId& id) {
  const RecordId key = id;  // `id` may live in what is erased.
  if (const Held* const old = find(key)) uncount(*old);
  records_.erase(key);
  cached_.erase(key);
  const auto node = by_node_.find(key.node);
  if (node == by_node_.end()) return;
  node->second.erase(key);
  if (node->second.empty()) by_node_.erase(node);
}

bool Registry::erase_one_cached() {
  if (cached_.empty()) return false;
  erase(*cached_.begin());
  return true;
}

Registry::Range Registry::of_name(std::string_view name) const {
  const auto first = records_.lower_bound(RecordId{std::string{name}, 0, {}});
  auto last = first;
  while (last != records_.end() && last->first.name == name) ++last;
  return {first, last};
}

Registry::Range Registry::of_unit(std::string_view name, std::uint32_t ordinal) const {
  const auto first = records_.lower_bound(RecordId{std::string{name}, ordinal, {}});
  auto last = first;
  while (last != records_.end() && last->first.name == name && last->first.ordinal == ordinal) {
    ++last;
  }
  return {first, last};
}

std::set<RecordId> Registry::of_node(const NodeId& node) const {
  const auto at = by_node_.find(node);
  return at == by_node_.end() ? std::set<RecordId>{} : at->second;
}

}  // namespace gossamer::naming
