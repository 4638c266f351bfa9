#include "sim/shared_values.hpp"

#include "base/hash.hpp"

namespace gossamer::sim {
namespace {

std::uint64_t mark_of(const NodeId& id, std::uint64_t number, std::uint64_t kind) {
  const std::uint64_t words[] = {number, kind};
  std::uint8_t bytes[sizeof(id.bytes) + sizeof(words)];
  std::copy(id.bytes.begin(), id.bytes.end(), bytes);
  std::copy_n(reinterpret_cast<const std::uint8_t*>(words), sizeof(words),
              bytes + sizeof(id.bytes));
  return hash64(ByteView{bytes, sizeof(bytes)});
}

std::uint64_t mark_of_bytes(const Bytes& bytes) {
  return hash64(ByteView{bytes});
}
bool are_equal_bytes(const Bytes& a, const Bytes& b) {
  return a == b;
}

std::uint64_t mark_of_entry(const gossip::HeldEntry& held) {
  return mark_of(held.entry.key.owner, held.entry.version,
                 static_cast<std::uint64_t>(held.entry.key.kind));
}
bool are_equal_entries(const gossip::HeldEntry& a, const gossip::HeldEntry& b) {
  const auto& [key, version, statement] = a.entry;
  const auto& other = b.entry.statement;
  if (version != b.entry.version || key != b.entry.key) return false;
  return statement == other || (statement != nullptr && other != nullptr && *statement == *other);
}

std::uint64_t mark_of_member(const Member& member) {
  return mark_of(member.id, member.incarnation, static_cast<std::uint64_t>(member.state));
}
bool are_equal_members(const Member& a, const Member& b) {
  return a.id == b.id && a.incarnation == b.incarnation && a.state == b.state && a.name == b.name &&
         a.endpoint == b.endpoint && a.metadata == b.metadata && a.wire_version == b.wire_version &&
         a.zone == b.zone;
}

}  // namespace

SharedValues::SharedValues()
    : statements_(mark_of_bytes, are_equal_bytes),
      entries_(mark_of_entry, are_equal_entries),
      members_(mark_of_member, are_equal_members) {}

}  // namespace gossamer::sim
