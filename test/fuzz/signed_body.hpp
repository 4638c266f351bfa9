#pragma once

#include "gossamer/bytes.hpp"
#include "wire/identity.hpp"

namespace gossamer::fuzz {

/// As wire::sign_statement does, of a body that nobody encoded.
inline Bytes signed_statement(const wire::Identity& author, ByteView body) {
  Bytes said = to_bytes("gossamer statement v1");
  said.insert(said.end(), body.begin(), body.end());
  const auto signature = author.sign(said);
  Bytes statement{body.begin(), body.end()};
  const auto& key = author.public_key();
  statement.insert(statement.end(), key.begin(), key.end());
  statement.insert(statement.end(), signature.begin(), signature.end());
  return statement;
}

}  // namespace gossamer::fuzz
