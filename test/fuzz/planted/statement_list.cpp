// Planted: a statement's length is believed, whether or not so many bytes are there.
#include "wire/statement_list.hpp"

#include <algorithm>

#include "wire/little_endian.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"

namespace gossamer::wire {
namespace {

constexpr std::size_t kLengthBytes = 2;

tl::unexpected<Error> corrupted(const std::string& why) {
  return fail(ErrorCode::corrupted, "packet: " + why);
}

}  // namespace

Result<std::vector<SharedBytes>> read_statements(ByteView bytes) {
  std::vector<SharedBytes> statements;
  while (!bytes.empty()) {
    if (bytes.size() < kLengthBytes) return corrupted("a statement is cut off");
    const std::size_t length = load_u16(bytes.data());
    bytes = bytes.subspan(kLengthBytes);
    // A minimum, so that a packet cannot hold more statements than is worth its bytes.
    if (length < kStatementBytesMin || length > kStatementBytesMax) {
      return corrupted("a statement has " + std::to_string(length) + " bytes");
    }
    if (statements.size() == kStatementsMax) return corrupted("too many statements");
    const ByteView statement{bytes.data(), length};
    statements.push_back(std::make_shared<const Bytes>(statement.begin(), statement.end()));
    bytes = bytes.subspan(std::min(length, bytes.size()));
  }
  return statements;
}

}  // namespace gossamer::wire
