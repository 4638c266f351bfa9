// decode_statement and verify_statement: the bytes as they are, and as a body that somebody signed.

#include "wire/statement.hpp"

#include <algorithm>

#include "signed_body.hpp"
#include "target.hpp"
#include "wire/identity.hpp"

using namespace gossamer;

namespace {

const wire::Identity& author() {
  static const wire::Identity identity = [] {
    std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
    seed.fill(3);
    return wire::Identity::from_seed(seed);
  }();
  return identity;
}

void check_understood(const wire::Statement& statement) {
  GOSSAMER_ASSERT(statement.version <= 2 * (std::uint64_t{1} << 62) + 1);
  // The same said again is the newest of the same entry.
  if (statement.author != author().id()) return;
  const auto again = wire::decode_statement(wire::sign_statement(author(), statement.body));
  GOSSAMER_ASSERT(again && again->key == statement.key && again->version == statement.version);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input{data, size};
  if (const auto statement = wire::decode_statement(input)) {
    (void)wire::verify_statement(input);
    check_understood(*statement);
  }
  Bytes bytes = fuzz::signed_statement(author(), input);
  const auto statement = wire::decode_statement(bytes);
  if (!statement) return 0;
  GOSSAMER_ASSERT(wire::verify_statement(bytes));
  GOSSAMER_ASSERT(statement->author == author().id());
  check_understood(*statement);
  bytes[size / 2] ^= 1;
  GOSSAMER_ASSERT(!wire::verify_statement(bytes));
  return 0;
}
