#include "wire/capnp_message.hpp"
// Cap'n Proto comes first, through its shim.
#include "schema/packet.capnp.h"
#include "wire/bounds.hpp"
#include "wire/field_checks.hpp"
#include "wire/packet_head.hpp"

namespace gossamer::wire {
namespace {

constexpr std::string_view kWhat = "packet";

// ---- out -------------------------------------------------------------------------------------

using Root = schema::PacketHead;

std::size_t content_bytes(const gossip::EntryKey& key) {
  return 64 + key.name.size();
}

struct ContentBytes {
  std::size_t operator()(const membership::Refused& m) const {
    return m.store_id.size() + m.store_place.size();
  }
  std::size_t operator()(const gossip::SyncBuckets& m) const { return 8 * m.buckets.size(); }
  std::size_t operator()(const gossip::SyncKeys& m) const {
    std::size_t bytes = 2 * m.buckets.size();
    for (const auto& held : m.held) bytes += 16 + content_bytes(held.key);
    return bytes;
  }
  std::size_t operator()(const gossip::SyncWants& m) const {
    std::size_t bytes = 0;
    for (const auto& key : m.keys) bytes += content_bytes(key);
    return bytes;
  }
  template <class Small>
  std::size_t operator()(const Small&) const {
    return 0;
  }
};

void fill(schema::Key::Builder out, const gossip::EntryKey& key) {
  out.setOwnerLow(low_of(key.owner));
  out.setOwnerHigh(high_of(key.owner));
  out.setKind(static_cast<std::uint8_t>(key.kind));
  if (!key.name.empty()) out.setName(text_of(key.name));
}

struct Encoder {
  Root::Builder root;

  void operator()(const membership::Ping& m) {
    auto out = root.initPing();
    out.setSequence(m.sequence);
    out.setTargetLow(low_of(m.target));
    out.setTargetHigh(high_of(m.target));
    out.setClockUs(m.greeting.clock_us);
    out.setViewDigest(m.greeting.view_digest);
  }
  void operator()(const membership::Ack& m) {
    auto out = root.initAck();
    out.setSequence(m.sequence);
    out.setClockUs(m.greeting.clock_us);
    out.setViewDigest(m.greeting.view_digest);
  }
  void operator()(const membership::Inquest& m) {
    auto out = root.initInquest();
    out.setAccusedLow(low_of(m.accused));
    out.setAccusedHigh(high_of(m.accused));
    out.setIncarnation(m.incarnation);
    out.setIsRefused(m.is_refused);
  }
  void operator()(const membership::Opinion& m) {
    auto out = root.initOpinion();
    out.setAccusedLow(low_of(m.accused));
    out.setAccusedHigh(high_of(m.accused));
    out.setIncarnation(m.incarnation);
    out.setIsClear(m.is_clear);
    out.setIsRefused(m.is_refused);
  }
  void operator()(const membership::PingRequest& m) {
    auto out = root.initPingRequest();
    out.setSequence(m.sequence);
    out.setTargetLow(low_of(m.target));
    out.setTargetHigh(high_of(m.target));
  }
  void operator()(const membership::Nack& m) { root.initNack().setSequence(m.sequence); }
  void operator()(const membership::Refused& m) {
    auto out = root.initRefused();
    out.setStoreId(text_of(m.store_id));
    out.setStorePlace(text_of(m.store_place.substr(0, kStorePlaceBytesMax)));
  }
  void operator()(const gossip::Rumours&) { root.setRumours(); }
  void operator()(const gossip::SyncDigest& m) {
    auto out = root.initSyncDigest();
    out.setDigest(m.digest);
    out.setEntryCount(m.entry_count);
  }
  void operator()(const gossip::SyncBuckets& m) {
    auto buckets = root.initSyncBuckets().initBuckets(static_cast<unsigned>(m.buckets.size()));
    for (unsigned i = 0; i < buckets.size(); ++i) buckets.set(i, m.buckets[i]);
  }
  void operator()(const gossip::SyncKeys& m) {
    auto out = root.initSyncKeys();
    auto buckets = out.initBuckets(static_cast<unsigned>(m.buckets.size()));
    for (unsigned i = 0; i < buckets.size(); ++i) buckets.set(i, m.buckets[i]);
    auto held = out.initHeld(static_cast<unsigned>(m.held.size()));
    for (unsigned i = 0; i < held.size(); ++i) {
      fill(held[i].initKey(), m.held[i].key);
      held[i].setVersion(m.held[i].version);
    }
  }
  void operator()(const gossip::SyncWants& m) {
    auto keys = root.initSyncWants().initKeys(static_cast<unsigned>(m.keys.size()));
    for (unsigned i = 0; i < keys.size(); ++i) fill(keys[i], m.keys[i]);
  }
};

// ---- in --------------------------------------------------------------------------------------

membership::Message read_ping(schema::Ping::Reader in) {
  return membership::Ping{in.getSequence(),
                          join_halves<NodeId>(in.getTargetLow(), in.getTargetHigh()),
                          {in.getClockUs(), in.getViewDigest()}};
}

membership::Message read_ack(schema::Ack::Reader in) {
  return membership::Ack{in.getSequence(), {in.getClockUs(), in.getViewDigest()}};
}

membership::Message read_inquest(schema::Inquest::Reader in) {
  return membership::Inquest{join_halves<NodeId>(in.getAccusedLow(), in.getAccusedHigh()),
                             in.getIncarnation(), in.getIsRefused()};
}

membership::Message read_opinion(schema::Opinion::Reader in) {
  return membership::Opinion{join_halves<NodeId>(in.getAccusedLow(), in.getAccusedHigh()),
                             in.getIncarnation(), in.getIsClear(), in.getIsRefused()};
}

membership::Message read_ping_request(schema::PingRequest::Reader in) {
  return membership::PingRequest{in.getSequence(),
                                 join_halves<NodeId>(in.getTargetLow(), in.getTargetHigh())};
}

membership::Message read_refused(schema::Refused::Reader in, FieldChecks& checks) {
  membership::Refused m;
  m.store_id = checks.string("store_id", in.getStoreId(), 0, kStoreIdBytesMax);
  m.store_place = checks.string("store_place", in.getStorePlace(), 0, kStorePlaceBytesMax);
  return m;
}

gossip::Message read_buckets(schema::SyncBuckets::Reader in, FieldChecks& checks) {
  gossip::SyncBuckets m;
  const auto buckets = in.getBuckets();
  if (!checks.require(buckets.size() == gossip::kBucketCount, "not as many buckets as there are")) {
    return m;
  }
  for (const std::uint64_t bucket : buckets) m.buckets.push_back(bucket);
  return m;
}

// False: of a kind that this build does not know, so not something that it could hold.
bool read_key(schema::Key::Reader in, FieldChecks& checks, gossip::EntryKey& key) {
  key.kind = static_cast<gossip::EntryKind>(in.getKind());
  key.owner = join_halves<NodeId>(in.getOwnerLow(), in.getOwnerHigh());
  key.name = checks.string("an entry's name", in.getName(), 0, kEntryNameBytesMax);
  return (key.kind >= gossip::EntryKind::member && key.kind <= gossip::EntryKind::key_ring) ||
         static_cast<std::uint8_t>(key.kind) >= gossip::kCarriedKindMin;
}

gossip::Message read_sync_keys(schema::SyncKeys::Reader in, FieldChecks& checks) {
  gossip::SyncKeys m;
  const auto buckets = in.getBuckets();
  const auto held = in.getHeld();
  if (!checks.require(buckets.size() <= gossip::kBucketCount && held.size() <= kKeysMax,
                      "a list that is too long")) {
    return m;
  }
  for (const std::uint16_t bucket : buckets) {
    const bool is_next = m.buckets.empty() || bucket > m.buckets.back();
    checks.require(is_next && bucket < gossip::kBucketCount, "buckets that do not ascend");
    m.buckets.push_back(bucket);
  }
  m.held.reserve(held.size());
  for (const auto one : held) {
    gossip::SyncKeys::Held entry;
    entry.version = one.getVersion();
    if (read_key(one.getKey(), checks, entry.key)) m.held.push_back(std::move(entry));
  }
  return m;
}

gossip::Message read_wants(schema::SyncWants::Reader in, FieldChecks& checks) {
  gossip::SyncWants m;
  const auto keys = in.getKeys();
  if (!checks.require(keys.size() <= kKeysMax, "a list that is too long")) return m;
  m.keys.reserve(keys.size());
  for (const auto one : keys) {
    gossip::EntryKey key;
    if (read_key(one, checks, key)) m.keys.push_back(std::move(key));
  }
  return m;
}

Result<Message> read_head(Root::Reader in) {
  FieldChecks checks;
  Message message;
  switch (in.which()) {
    case Root::PING: message = read_ping(in.getPing()); break;
    case Root::ACK: message = read_ack(in.getAck()); break;
    case Root::INQUEST: message = read_inquest(in.getInquest()); break;
    case Root::OPINION: message = read_opinion(in.getOpinion()); break;
    case Root::PING_REQUEST: message = read_ping_request(in.getPingRequest()); break;
    case Root::NACK:
      message = membership::Message{membership::Nack{in.getNack().getSequence()}};
      break;
    case Root::REFUSED: message = read_refused(in.getRefused(), checks); break;
    case Root::RUMOURS: message = gossip::Message{gossip::Rumours{}}; break;
    case Root::SYNC_DIGEST: {
      const auto digest = in.getSyncDigest();
      message = gossip::Message{gossip::SyncDigest{digest.getDigest(), digest.getEntryCount()}};
      break;
    }
    case Root::SYNC_BUCKETS: message = read_buckets(in.getSyncBuckets(), checks); break;
    case Root::SYNC_KEYS: message = read_sync_keys(in.getSyncKeys(), checks); break;
    case Root::SYNC_WANTS: message = read_wants(in.getSyncWants(), checks); break;
    default:
      return fail(ErrorCode::version_mismatch,
                  fmt::format("{}: message {} is not known to this build", kWhat,
                              static_cast<unsigned>(in.which())));
  }
  if (!checks.problem().empty()) return corrupted(kWhat, checks.problem());
  return message;
}

}  // namespace

Bytes encode_head(const Message& message) {
  const std::size_t bytes =
      std::visit([](const auto& room) { return std::visit(ContentBytes{}, room); }, message);
  capnp::MallocMessageBuilder builder{segment_words(bytes)};
  Encoder encoder{builder.initRoot<Root>()};
  std::visit([&](const auto& room) { std::visit(encoder, room); }, message);
  return to_packed(builder);
}

Result<Message> decode_head(ByteView bytes) {
  // Packing shrinks what we send at most tenfold, SyncBuckets of an empty cluster aside.
  const std::size_t unpacked_max = std::min(kPacketBytesMax, 16 * bytes.size() + 1024);
  return read_packed(
      bytes, unpacked_max / sizeof(capnp::word), kWhat,
      [](capnp::MessageReader& message) { return read_head(message.getRoot<Root>()); });
}

}  // namespace gossamer::wire
