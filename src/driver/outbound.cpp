#include "driver/outbound.hpp"

#include "base/assert.hpp"

namespace gossamer::driver {

void Outbound::send(const Endpoint& to, bool by_stream, wire::Message message,
                    const std::vector<gossip::Entry>& entries) {
  wire::Packet packet{std::move(message), {}};
  packet.statements.reserve(entries.size());
  for (const gossip::Entry& entry : entries) packet.statements.push_back(entry.statement);
  const wire::Version version = version_choice_.version_for(to);
  Bytes payload = wire::encode_packet(packet, version);
  if (holds_ == 0) return send_payload(to, by_stream, version, payload);
  // Losing a packet is always safe; the oldest is the stalest.
  if (held_.size() == kHeldMax) held_.pop_front();
  held_.push_back({to, by_stream, version, std::move(payload)});
}

void Outbound::release() {
  GOSSAMER_ASSERT(holds_ > 0);
  if (--holds_ > 0) return;
  for (const Held& held : held_) send_payload(held.to, held.by_stream, held.version, held.payload);
  held_.clear();
}

void Outbound::send_payload(const Endpoint& to, bool by_stream, wire::Version version,
                            ByteView payload) {
  Bytes frame =
      sealer_.seal(payload, clock_.wall_ms(), key_choice_.key_for(clock_.now(), to), version);
  if (by_stream || frame.size() > datagram_bytes_max_) {
    ++counters_.frames_out;
    counters_.frame_bytes_out += frame.size();
    return network_.send_frame(to, std::move(frame));
  }
  ++counters_.datagrams_out;
  counters_.datagram_bytes_out += frame.size();
  network_.send_datagram(to, frame);
}

}  // namespace gossamer::driver
