// decode_packet, of what lies behind a seal.

#include "wire/packet.hpp"

#include "target.hpp"

using namespace gossamer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packet = wire::decode_packet({data, size});
  if (!packet) return 0;
  GOSSAMER_ASSERT(packet->statements.size() * 99 <= size);
  // What was understood is said again, and understood in the same way.
  const Bytes said = wire::encode_packet(*packet);
  const auto again = wire::decode_packet(said);
  GOSSAMER_ASSERT(again && wire::encode_packet(*again) == said);
  GOSSAMER_ASSERT(again->message.index() == packet->message.index());
  GOSSAMER_ASSERT(again->statements.size() == packet->statements.size());
  return 0;
}
