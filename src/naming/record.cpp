#include "naming/record.hpp"

#include <fmt/format.h>

namespace gossamer::naming {

Result<void> validate(const NameRecord& record) {
  const auto refuse = [](std::string detail) {
    return fail(ErrorCode::invalid_argument, std::move(detail));
  };
  if (record.name.empty() || record.name.size() > kNameBytesMax) {
    return refuse(fmt::format("the length of name is {}; it must be 1 to {}", record.name.size(),
                              kNameBytesMax));
  }
  if (record.endpoint.address.size() > kAddressBytesMax) {
    return refuse(fmt::format("the length of endpoint.address is {}; it must be 0 to {}",
                              record.endpoint.address.size(), kAddressBytesMax));
  }
  if (record.attributes.size() > kAttributesMax) {
    return refuse(fmt::format("attributes has {} entries; it must have 0 to {}",
                              record.attributes.size(), kAttributesMax));
  }
  std::size_t bytes = 0;
  for (const auto& [key, value] : record.attributes) bytes += key.size() + value.size();
  if (bytes > kAttributeBytesMax) {
    return refuse(fmt::format("attributes has {} bytes of keys and values; it must have 0 to {}",
                              bytes, kAttributeBytesMax));
  }
  return {};
}

gossip::EntryKey key_of(const NameRecord& record) {
  return {gossip::EntryKind::record, record.node,
          fmt::format("{}/{}", record.name, record.ordinal)};
}

}  // namespace gossamer::naming
