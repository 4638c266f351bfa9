#include "membership/statement.hpp"

namespace gossamer::membership {
namespace {

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kMetadataBytesMax = 256;
constexpr std::size_t kAddressBytesMax = 64;
constexpr std::size_t kStoreIdBytesMax = 64;
constexpr std::size_t kStorePlaceBytesMax = 1024;
constexpr std::size_t kAdmissionBytesMax = 256;
constexpr std::size_t kZoneBytesMax = 64;

}  // namespace

bool is_acceptable(const MemberStatement& statement) {
  return statement.name.size() <= kNameBytesMax && statement.metadata.size() <= kMetadataBytesMax &&
         !statement.endpoint.address.empty() &&
         statement.endpoint.address.size() <= kAddressBytesMax && statement.endpoint.port != 0 &&
         statement.store_id.size() <= kStoreIdBytesMax &&
         statement.store_place.size() <= kStorePlaceBytesMax &&
         statement.key_ids.size() <= kKeyIdsMax && statement.wire_oldest >= 1 &&
         statement.wire_oldest <= statement.wire_newest &&
         statement.admission.size() <= kAdmissionBytesMax &&
         statement.zone.size() <= kZoneBytesMax && statement.incarnation <= kIncarnationMax;
}

bool is_acceptable(const Verdict& verdict) {
  return (verdict.state == MemberState::suspect || verdict.state == MemberState::down) &&
         verdict.incarnation <= kIncarnationMax;
}

}  // namespace gossamer::membership
