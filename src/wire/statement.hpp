#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "gossip/entry.hpp"
#include "keys/key_ring.hpp"
#include "membership/statement.hpp"
#include "naming/record.hpp"
#include "ownership/announcement.hpp"
#include "wire/identity.hpp"

namespace gossamer::wire {

/// A statement of a kind that came after this list, and of which this build knows only how to carry
/// it. A new kind is said so: older nodes then hold it and tell it on, and only do not act on it.
struct Carried {
  std::uint8_t kind = gossip::kCarriedKindMin;
  bool is_owned = true;  ///< By its author; else by nobody.
  std::uint64_t version = 0;
  std::string name{};
  Bytes content{};  ///< Of the kind's own form.

  friend bool operator==(const Carried&, const Carried&) = default;
};

using StatementBody = std::variant<membership::MemberStatement, membership::Verdict,
                                   naming::RecordStatement, ownership::SpecAnnouncement,
                                   ownership::ClaimAnnouncement, keys::RingStatement, Carried>;

/// A decoded statement. Not yet verified: that costs 50 us and is done only for news.
struct Statement {
  NodeId author{};  ///< Hash of the public key that the statement carries.
  PublicKey author_key{};
  gossip::EntryKey key{};
  std::uint64_t version = 0;
  StatementBody body{};
};

/// Which entry a body is the newest version of, and its version.
gossip::EntryKey entry_key(const NodeId& author, const StatementBody& body);
std::uint64_t entry_version(const StatementBody& body);

/// The bytes that travel: body, public key, signature over the body (with a domain prefix).
Bytes sign_statement(const Identity& identity, const StatementBody& body);

constexpr std::size_t kStatementBytesMax = 8 * 1024;
constexpr std::size_t kStatementBytesMin = 97;  ///< Key, signature, and a body that is not empty.

/// Bounded; rejects what is oversized, of an unknown kind, or out of a field's range (strings over
/// their limits, a record whose node is not the author, a claim whose owner is not the author).
/// Errors: corrupted, version_mismatch (a kind that this build does not know).
Result<Statement> decode_statement(ByteView bytes);

/// Of a statement that decode_statement has accepted: its author, without decoding it again.
NodeId author_of(ByteView bytes);

/// True if the statement's signature is its key's. Requires: decode_statement accepted it.
bool verify_statement(ByteView bytes);

}  // namespace gossamer::wire
