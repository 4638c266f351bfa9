#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "gossamer/result.hpp"
#include "gossamer/store.hpp"

// The ledger's lines. One request a line, answered in order:
//
//   add KEY DELTA CLIENT:NUMBER local|frozen   -> ok VALUE EPOCH
//   put KEY VALUE CLIENT:NUMBER local|frozen   -> ok VALUE EPOCH
//   get KEY                                    -> ok VALUE EPOCH | none EPOCH
//   sum PREFIX                                 -> ok SUM EPOCH
//   anything that fails                        -> error CODE SENTENCE
//
// CLIENT:NUMBER names a write. A client numbers its writes upwards and has one under way; the same
// name again is the same write, which is done once and answered as before.

namespace gossamer::ledger {

constexpr std::size_t kLineBytesMax = 2048;
constexpr std::size_t kKeyBytesMax = 128;
constexpr std::size_t kValueBytesMax = 1024;

struct RequestId {
  std::string client{};
  std::uint64_t number = 0;
};

struct Add {
  std::string key{};
  std::int64_t delta = 0;
  RequestId id{};
  Durability durability = Durability::frozen;
};
struct Put {
  std::string key{};
  std::string value{};
  RequestId id{};
  Durability durability = Durability::frozen;
};
struct Get {
  std::string key{};
};
struct Sum {
  std::string prefix{};
};
using Request = std::variant<Add, Put, Get, Sum>;

/// Errors: invalid_argument, naming the part that is wrong.
Result<Request> parse_request(std::string_view line);
std::string to_line(const Request& request);

struct Reply {
  std::string value{};
  bool is_absent = false;
  Epoch epoch = 0;
};
std::string to_line(const Result<Reply>& reply);
/// The error that the owner sent, or invalid_argument if it is no reply. An unknown code is io.
Result<Reply> parse_reply(std::string_view line);

/// Nothing unless `text` is a whole decimal number that fits.
Result<std::int64_t> parse_number(std::string_view text);

}  // namespace gossamer::ledger
