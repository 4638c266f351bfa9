#include "wire/packet.hpp"

#include "base/assert.hpp"
#include "wire/little_endian.hpp"
#include "wire/packet_head.hpp"
#include "wire/statement.hpp"

namespace gossamer::wire {
namespace {

// A packet is: the head's length, the head, then each statement with its length before it.
constexpr std::size_t kHeadLengthBytes = 4;
constexpr std::size_t kStatementLengthBytes = 2;
static_assert(kStatementLengthBytes <= kStatementOverheadBytes);
static_assert(kStatementBytesMax <= UINT16_MAX);

tl::unexpected<Error> corrupted(std::string why) {
  return fail(ErrorCode::corrupted, "packet: " + why);
}

}  // namespace

Bytes encode_packet(const Packet& packet) {
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
  store_u32(bytes.data(), static_cast<std::uint32_t>(head.size()));
  bytes.insert(bytes.end(), head.begin(), head.end());
  for (const SharedBytes& statement : packet.statements) {
    std::uint8_t length[kStatementLengthBytes];
    store_u16(length, static_cast<std::uint16_t>(statement->size()));
    bytes.insert(bytes.end(), std::begin(length), std::end(length));
    bytes.insert(bytes.end(), statement->begin(), statement->end());
  }
  return bytes;
}

Result<Packet> decode_packet(ByteView bytes) {
  if (bytes.size() < kHeadLengthBytes || bytes.size() > kPacketBytesMax) {
    return corrupted("has " + std::to_string(bytes.size()) + " bytes");
  }
  const std::size_t head_length = load_u32(bytes.data());
  bytes = bytes.subspan(kHeadLengthBytes);
  if (head_length > bytes.size()) return corrupted("its message is cut off");
  Result<Message> message = decode_head(bytes.first(head_length));
  if (!message) return tl::make_unexpected(std::move(message.error()));

  Packet packet;
  packet.message = std::move(*message);
  bytes = bytes.subspan(head_length);
  while (!bytes.empty()) {
    if (bytes.size() < kStatementLengthBytes) return corrupted("a statement is cut off");
    const std::size_t length = load_u16(bytes.data());
    bytes = bytes.subspan(kStatementLengthBytes);
    // A minimum, so that a packet cannot hold more statements than is worth its bytes.
    if (length < kStatementBytesMin || length > kStatementBytesMax) {
      return corrupted("a statement has " + std::to_string(length) + " bytes");
    }
    if (length > bytes.size()) return corrupted("a statement is cut off");
    if (packet.statements.size() == kStatementsMax) return corrupted("too many statements");
    const ByteView statement = bytes.first(length);
    packet.statements.push_back(std::make_shared<const Bytes>(statement.begin(), statement.end()));
    bytes = bytes.subspan(length);
  }
  return packet;
}

}  // namespace gossamer::wire
