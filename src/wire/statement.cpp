#include "wire/statement.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/assert.hpp"
#include "wire/statement_body.hpp"

namespace gossamer::wire {
namespace {

// A statement is: body, public key, signature of the domain and the body.
constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kSealBytes = kPublicKeyBytes + kSignatureBytes;
static_assert(kStatementBytesMin == kSealBytes + 1);

// Nothing else that this key ever signs begins like this.
constexpr std::string_view kDomain = "gossamer statement v1";

Bytes signed_bytes(ByteView body) {
  Bytes bytes;
  bytes.reserve(kDomain.size() + body.size());
  bytes.insert(bytes.end(), kDomain.begin(), kDomain.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

ByteView body_of(ByteView statement) {
  return statement.first(statement.size() - kSealBytes);
}

std::span<const std::uint8_t, kPublicKeyBytes> public_key_of(ByteView statement) {
  return statement.last<kSealBytes>().first<kPublicKeyBytes>();
}

bool has_a_statements_size(ByteView bytes) {
  return bytes.size() >= kStatementBytesMin && bytes.size() <= kStatementBytesMax;
}

using gossip::EntryKey;
using gossip::EntryKind;

struct KeyOf {
  const NodeId& author;

  EntryKey operator()(const membership::MemberStatement&) const {
    return {EntryKind::member, author, {}};
  }
  EntryKey operator()(const membership::Verdict& body) const {
    return {EntryKind::verdict, body.accused, {}};
  }
  EntryKey operator()(const naming::RecordStatement& body) const {
    return naming::key_of(body.record);
  }
  EntryKey operator()(const ownership::SpecAnnouncement& body) const {
    return {EntryKind::spec, {}, body.service};
  }
  EntryKey operator()(const ownership::ClaimAnnouncement& body) const {
    return {EntryKind::claim, {}, gossamer::to_string(body.unit)};
  }
  EntryKey operator()(const keys::RingStatement&) const { return {EntryKind::key_ring, {}, {}}; }
  EntryKey operator()(const Carried& body) const {
    return {static_cast<EntryKind>(body.kind), body.is_owned ? author : NodeId{}, body.name};
  }
};

struct VersionOf {
  std::uint64_t operator()(const membership::MemberStatement& body) const {
    return body.incarnation;
  }
  std::uint64_t operator()(const membership::Verdict& body) const { return body.version(); }
  std::uint64_t operator()(const naming::RecordStatement& body) const { return body.version; }
  std::uint64_t operator()(const ownership::SpecAnnouncement& body) const { return body.version; }
  std::uint64_t operator()(const ownership::ClaimAnnouncement& body) const { return body.epoch; }
  std::uint64_t operator()(const keys::RingStatement& body) const { return body.version(); }
  std::uint64_t operator()(const Carried& body) const { return body.version; }
};

}  // namespace

EntryKey entry_key(const NodeId& author, const StatementBody& body) {
  return std::visit(KeyOf{author}, body);
}

std::uint64_t entry_version(const StatementBody& body) {
  return std::visit(VersionOf{}, body);
}

Bytes sign_statement(const Identity& identity, const StatementBody& body) {
  Bytes statement = encode_body(body);
  const auto signature = identity.sign(signed_bytes(statement));
  statement.insert(statement.end(), identity.public_key().begin(), identity.public_key().end());
  statement.insert(statement.end(), signature.begin(), signature.end());
  return statement;
}

Result<Statement> decode_statement(ByteView bytes) {
  if (!has_a_statements_size(bytes)) {
    return fail(ErrorCode::corrupted, "statement: has " + std::to_string(bytes.size()) + " bytes");
  }
  Statement statement;
  const auto key = public_key_of(bytes);
  std::copy(key.begin(), key.end(), statement.author_key.begin());
  statement.author = node_id_of(key);
  Result<StatementBody> body = decode_body(body_of(bytes), statement.author);
  if (!body) return tl::make_unexpected(std::move(body.error()));
  statement.body = std::move(*body);
  statement.key = entry_key(statement.author, statement.body);
  statement.version = entry_version(statement.body);
  return statement;
}

NodeId author_of(ByteView bytes) {
  GOSSAMER_ASSERT(has_a_statements_size(bytes));
  return node_id_of(public_key_of(bytes));
}

bool verify_statement(ByteView bytes) {
  if (!has_a_statements_size(bytes)) return false;
  GOSSAMER_ASSERT(sodium_init() >= 0);
  const Bytes said = signed_bytes(body_of(bytes));
  return crypto_sign_verify_detached(bytes.last<kSignatureBytes>().data(), said.data(), said.size(),
                                     public_key_of(bytes).data()) == 0;
}

}  // namespace gossamer::wire
