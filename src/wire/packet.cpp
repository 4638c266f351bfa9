#include "wire/packet.hpp"

#include "base/assert.hpp"
#include "wire/little_endian.hpp"
#include "wire/packet_head.hpp"
#include "wire/statement.hpp"
#include "wire/statement_list.hpp"

namespace gossamer::wire {
namespace {

// A packet is: the head's length, the head, then each statement with its length before it.
constexpr std::size_t kHeadLengthBytes = 4;
constexpr std::size_t kStatementLengthBytes = 2;
static_assert(kStatementLengthBytes <= kStatementOverheadBytes);
static_assert(kStatementBytesMax <= UINT16_MAX);

/// What a head's length counts besides the head.
constexpr std::size_t counted_besides(Version version) {
  return version == kRehearsal ? kHeadLengthBytes : 0;
}

tl::unexpected<Error> corrupted(std::string why) {
  return fail(ErrorCode::corrupted, "packet: " + why);
}

}  // namespace

Bytes encode_packet(const Packet& packet, Version version) {
  const Bytes head = encode_head(packet.message);
  std::size_t size = kHeadLengthBytes + head.size();
  for (const SharedBytes& statement : packet.statements) {
    // Each was signed here, or was accepted by decode_statement.
    GOSSAMER_ASSERT(statement != nullptr && statement->size() <= kStatementBytesMax);
    size += kStatementLengthBytes + statement->size();
  }

  Bytes bytes;
  bytes.reserve(size);
  bytes.resize(kHeadLengthBytes);
  store_u32(bytes.data(), static_cast<std::uint32_t>(head.size() + counted_besides(version)));
  bytes.insert(bytes.end(), head.begin(), head.end());
  for (const SharedBytes& statement : packet.statements) {
    std::uint8_t length[kStatementLengthBytes];
    store_u16(length, static_cast<std::uint16_t>(statement->size()));
    bytes.insert(bytes.end(), std::begin(length), std::end(length));
    bytes.insert(bytes.end(), statement->begin(), statement->end());
  }
  return bytes;
}

Result<Packet> decode_packet(ByteView bytes, Version version) {
  if (bytes.size() < kHeadLengthBytes || bytes.size() > kPacketBytesMax) {
    return corrupted("has " + std::to_string(bytes.size()) + " bytes");
  }
  const std::size_t counted = load_u32(bytes.data());
  if (counted < counted_besides(version)) return corrupted("its message is cut off");
  const std::size_t head_length = counted - counted_besides(version);
  bytes = bytes.subspan(kHeadLengthBytes);
  if (head_length > bytes.size()) return corrupted("its message is cut off");
  Result<Message> message = decode_head(bytes.first(head_length));
  if (!message) return tl::make_unexpected(std::move(message.error()));

  auto statements = read_statements(bytes.subspan(head_length));
  if (!statements) return tl::make_unexpected(std::move(statements.error()));
  return Packet{std::move(*message), std::move(*statements)};
}

}  // namespace gossamer::wire
