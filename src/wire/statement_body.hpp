#pragma once

#include "wire/statement.hpp"

namespace gossamer::wire {

/// The part of a statement that is signed.
Bytes encode_body(const StatementBody& body);
/// Checks every field's range, and that `author` may say this. Errors: corrupted, version_mismatch.
Result<StatementBody> decode_body(ByteView bytes, const NodeId& author);

}  // namespace gossamer::wire
