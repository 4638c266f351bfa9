#include "wire/capnp_message.hpp"
// Cap'n Proto comes first, through its shim.
#include "schema/statement.capnp.h"
#include "wire/bounds.hpp"
#include "wire/field_checks.hpp"
#include "wire/statement_body.hpp"

namespace gossamer::wire {
namespace {

constexpr std::string_view kWhat = "statement";
/// What a body may unpack to, in words: twice the largest that is within the bounds.
constexpr std::size_t kBodyWordsMax = 1024;

// ---- out -------------------------------------------------------------------------------------

std::size_t content_bytes(const membership::MemberStatement& body) {
  return body.name.size() + body.endpoint.address.size() + body.metadata.size() +
         body.store_id.size() + body.store_place.size() + 4 * body.key_ids.size() +
         body.admission.size() + body.zone.size();
}
std::size_t content_bytes(const membership::Verdict&) {
  return 0;
}
std::size_t content_bytes(const naming::RecordStatement& body) {
  std::size_t bytes = body.record.name.size() + body.record.endpoint.address.size();
  for (const auto& [key, value] : body.record.attributes) bytes += key.size() + value.size() + 64;
  return bytes;
}
std::size_t content_bytes(const ownership::SpecAnnouncement& body) {
  return body.service.size();
}
std::size_t content_bytes(const ownership::ClaimAnnouncement& body) {
  return body.unit.service.size();
}
std::size_t content_bytes(const keys::RingStatement& body) {
  return body.ring.keys().size() * (keys::kClusterKeyBytes + 8);
}

std::size_t content_bytes(const Carried& body) {
  return body.name.size() + body.content.size();
}

struct Encoder {
  schema::StatementBody::Builder root;

  void operator()(const membership::MemberStatement& body) {
    auto out = root.initMember();
    out.setIncarnation(body.incarnation);
    out.setPort(body.endpoint.port);
    out.setIsLeaving(body.is_leaving);
    if (!body.name.empty()) out.setName(text_of(body.name));
    if (!body.endpoint.address.empty()) out.setAddress(text_of(body.endpoint.address));
    if (!body.metadata.empty()) out.setMetadata(blob_of(body.metadata));
    if (!body.store_id.empty()) out.setStoreId(text_of(body.store_id));
    if (!body.store_place.empty()) {
      out.setStorePlace(text_of(body.store_place.substr(0, kStorePlaceBytesMax)));
    }
    // 1 is what the first release meant without saying it.
    out.setWireOldest(body.wire_oldest == 1 ? 0 : body.wire_oldest);
    out.setWireNewest(body.wire_newest == 1 ? 0 : body.wire_newest);
    if (!body.admission.empty()) out.setAdmission(blob_of(ByteView{body.admission}));
    if (!body.zone.empty()) out.setZone(text_of(body.zone));
    if (body.key_ids.empty()) return;
    auto key_ids = out.initKeyIds(static_cast<unsigned>(body.key_ids.size()));
    for (unsigned i = 0; i < key_ids.size(); ++i) key_ids.set(i, body.key_ids[i]);
  }
  void operator()(const membership::Verdict& body) {
    auto out = root.initVerdict();
    out.setAccusedLow(low_of(body.accused));
    out.setAccusedHigh(high_of(body.accused));
    out.setIncarnation(body.incarnation);
    out.setState(static_cast<std::uint8_t>(body.state));
    out.setIsRefused(body.is_refused);
  }
  void operator()(const naming::RecordStatement& body) {
    auto out = root.initRecord();
    const NameRecord& record = body.record;
    out.setVersion(body.version);
    out.setNodeLow(low_of(record.node));
    out.setNodeHigh(high_of(record.node));
    out.setEpoch(record.epoch);
    out.setOrdinal(record.ordinal);
    out.setPort(record.endpoint.port);
    out.setIsWithdrawn(body.is_withdrawn);
    out.setSchema(record.schema);
    out.setName(text_of(record.name));
    if (!record.endpoint.address.empty()) out.setAddress(text_of(record.endpoint.address));
    if (record.attributes.empty()) return;
    auto attributes = out.initAttributes(static_cast<unsigned>(record.attributes.size()));
    unsigned at = 0;
    for (const auto& [key, value] : record.attributes) {
      attributes[at].setKey(text_of(key));
      attributes[at].setValue(text_of(value));
      ++at;
    }
  }
  void operator()(const ownership::SpecAnnouncement& body) {
    auto out = root.initSpec();
    out.setVersion(body.version);
    out.setService(text_of(body.service));
  }
  void operator()(const ownership::ClaimAnnouncement& body) {
    auto out = root.initClaim();
    out.setEpoch(body.epoch);
    out.setOwnerLow(low_of(body.owner));
    out.setOwnerHigh(high_of(body.owner));
    out.setSlot(body.slot);
    out.setOrdinal(body.unit.ordinal);
    out.setService(text_of(body.unit.service));
  }
  void operator()(const keys::RingStatement& body) {
    auto out = root.initKeyRing();
    out.setNumber(body.number);
    auto keys = out.initKeys(static_cast<unsigned>(body.ring.keys().size()));
    for (unsigned i = 0; i < keys.size(); ++i) {
      keys.set(i, blob_of(ByteView{body.ring.keys()[i].bytes}));
    }
  }
  void operator()(const Carried& body) {
    auto out = root.initCarried();
    out.setKind(body.kind);
    out.setIsOwned(body.is_owned);
    out.setVersion(body.version);
    if (!body.name.empty()) out.setName(text_of(body.name));
    if (!body.content.empty()) out.setContent(blob_of(ByteView{body.content}));
  }
};

// ---- in --------------------------------------------------------------------------------------

membership::MemberStatement read_member(schema::MemberStatement::Reader in, FieldChecks& checks) {
  membership::MemberStatement body;
  body.incarnation = checks.counter("incarnation", in.getIncarnation());
  body.endpoint.port = in.getPort();
  body.is_leaving = in.getIsLeaving();
  body.name = checks.string("name", in.getName(), 0, kMemberNameBytesMax);
  body.endpoint.address = checks.address("address", in.getAddress());
  checks.require(!body.endpoint.address.empty(), "a member without an address");
  body.metadata = checks.string("metadata", in.getMetadata(), 0, kMetadataBytesMax);
  body.store_id = checks.string("store_id", in.getStoreId(), 0, kStoreIdBytesMax);
  body.store_place = checks.string("store_place", in.getStorePlace(), 0, kStorePlaceBytesMax);
  body.wire_oldest = std::max<std::uint8_t>(1, in.getWireOldest());
  body.wire_newest = std::max(body.wire_oldest, std::max<std::uint8_t>(1, in.getWireNewest()));
  body.zone = checks.string("zone", in.getZone(), 0, kZoneBytesMax);
  const auto key_ids = in.getKeyIds();
  if (!checks.require(key_ids.size() <= membership::kKeyIdsMax, "too many key ids")) return body;
  for (const std::uint32_t id : key_ids) body.key_ids.push_back(id);
  const auto admission = in.getAdmission();
  if (checks.require(admission.size() <= kAdmissionBytesMax, "too long an admission")) {
    body.admission = to_bytes(admission);
  }
  return body;
}

membership::Verdict read_verdict(schema::Verdict::Reader in, const NodeId& author,
                                 FieldChecks& checks) {
  membership::Verdict body;
  body.accused = join_halves<NodeId>(in.getAccusedLow(), in.getAccusedHigh());
  checks.require(!body.accused.is_zero() && body.accused != author,
                 "a verdict of nobody or of its author");
  body.incarnation = checks.counter("incarnation", in.getIncarnation());
  body.state = static_cast<MemberState>(in.getState());
  checks.require(body.state == MemberState::suspect || body.state == MemberState::down,
                 "a verdict that is neither suspect nor down");
  body.is_refused = in.getIsRefused();
  return body;
}

naming::RecordStatement read_record(schema::RecordStatement::Reader in, const NodeId& author,
                                    FieldChecks& checks) {
  naming::RecordStatement body;
  NameRecord& record = body.record;
  body.version = checks.counter("version", in.getVersion());
  record.node = join_halves<NodeId>(in.getNodeLow(), in.getNodeHigh());
  checks.require(record.node == author, "a record of another node");
  record.epoch = checks.counter("epoch", in.getEpoch());
  record.ordinal = in.getOrdinal();
  record.endpoint.port = in.getPort();
  body.is_withdrawn = in.getIsWithdrawn();
  record.schema = in.getSchema();
  record.name = checks.string("name", in.getName(), 1, naming::kNameBytesMax);
  // Where a service serves is between it and its users, so it need not be numeric.
  record.endpoint.address = checks.string("address", in.getAddress(), 0, naming::kAddressBytesMax);
  const auto attributes = in.getAttributes();
  if (!checks.require(attributes.size() <= naming::kAttributesMax, "too many attributes"))
    return body;
  std::size_t left = naming::kAttributeBytesMax;
  for (const auto attribute : attributes) {
    std::string key = checks.string("attribute", attribute.getKey(), 0, left);
    left -= key.size();
    std::string value = checks.string("attribute", attribute.getValue(), 0, left);
    left -= value.size();
    const bool is_new = record.attributes.emplace(std::move(key), std::move(value)).second;
    checks.require(is_new, "an attribute twice");
  }
  return body;
}

ownership::SpecAnnouncement read_spec(schema::SpecAnnouncement::Reader in, FieldChecks& checks) {
  ownership::SpecAnnouncement body;
  body.version = checks.counter("version", in.getVersion());
  body.service = checks.string("service", in.getService(), 1, kServiceNameBytesMax);
  return body;
}

ownership::ClaimAnnouncement read_claim(schema::ClaimAnnouncement::Reader in, const NodeId& author,
                                        FieldChecks& checks) {
  ownership::ClaimAnnouncement body;
  body.epoch = checks.counter("epoch", in.getEpoch());
  body.owner = join_halves<NodeId>(in.getOwnerLow(), in.getOwnerHigh());
  checks.require(body.owner == author, "a claim of another node");
  body.slot = checks.counter("slot", in.getSlot());
  body.unit.ordinal = in.getOrdinal();
  body.unit.service = checks.string("service", in.getService(), 1, kServiceNameBytesMax);
  return body;
}

keys::RingStatement read_key_ring(schema::RingStatement::Reader in, FieldChecks& checks) {
  keys::RingStatement body;
  body.number = in.getNumber();
  checks.require(body.number > 0 && body.number <= keys::RingStatement::kNumberMax,
                 "a number out of its range");
  const auto listed = in.getKeys();
  if (!checks.require(listed.size() <= keys::KeyRing::kKeysMax, "too many keys")) return body;
  std::vector<keys::ClusterKey> keys;
  for (const auto one : listed) {
    keys::ClusterKey& key = keys.emplace_back();
    if (!checks.require(one.size() == key.bytes.size(), "a key of another size")) return body;
    std::copy(one.begin(), one.end(), key.bytes.begin());
  }
  if (checks.require(keys::KeyRing::is_acceptable(keys), "no key, or one twice")) {
    body.ring = keys::KeyRing{std::move(keys)};
  }
  return body;
}

Carried read_carried(schema::Carried::Reader in, FieldChecks& checks) {
  Carried body;
  body.kind = in.getKind();
  // The kinds below are said as themselves, and checked.
  checks.require(body.kind >= gossip::kCarriedKindMin, "a kind that is not to be carried");
  body.is_owned = in.getIsOwned();
  body.version = checks.counter("version", in.getVersion());
  body.name = checks.string("name", in.getName(), 0, kEntryNameBytesMax);
  body.content = to_bytes(in.getContent());
  return body;
}

Result<StatementBody> read_body(schema::StatementBody::Reader in, const NodeId& author) {
  FieldChecks checks;
  StatementBody body;
  switch (in.which()) {
    case schema::StatementBody::MEMBER: body = read_member(in.getMember(), checks); break;
    case schema::StatementBody::VERDICT:
      body = read_verdict(in.getVerdict(), author, checks);
      break;
    case schema::StatementBody::RECORD: body = read_record(in.getRecord(), author, checks); break;
    case schema::StatementBody::SPEC: body = read_spec(in.getSpec(), checks); break;
    case schema::StatementBody::CLAIM: body = read_claim(in.getClaim(), author, checks); break;
    case schema::StatementBody::KEY_RING: body = read_key_ring(in.getKeyRing(), checks); break;
    case schema::StatementBody::CARRIED: body = read_carried(in.getCarried(), checks); break;
    default:
      return fail(ErrorCode::version_mismatch,
                  fmt::format("{}: kind {} is not known to this build", kWhat,
                              static_cast<unsigned>(in.which())));
  }
  if (!checks.problem().empty()) return corrupted(kWhat, checks.problem());
  return body;
}

}  // namespace

Bytes encode_body(const StatementBody& body) {
  const std::size_t bytes = std::visit([](const auto& b) { return content_bytes(b); }, body);
  capnp::MallocMessageBuilder message{segment_words(bytes)};
  std::visit(Encoder{message.initRoot<schema::StatementBody>()}, body);
  return to_packed(message);
}

Result<StatementBody> decode_body(ByteView bytes, const NodeId& author) {
  return read_packed(bytes, kBodyWordsMax, kWhat, [&](capnp::MessageReader& message) {
    return read_body(message.getRoot<schema::StatementBody>(), author);
  });
}

}  // namespace gossamer::wire
