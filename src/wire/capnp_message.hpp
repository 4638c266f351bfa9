#pragma once

// Cap'n Proto messages out of and into bytes, with every bound and no exception. To be included
// only by wire/*.cpp.

#include "wire/capnp_shim.hpp"
// The shim comes first.
#include <capnp/message.h>
#include <capnp/serialize-packed.h>
#include <capnp/serialize.h>
#include <fmt/format.h>
#include <kj/exception.h>
#include <kj/io.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "wire/little_endian.hpp"

namespace gossamer::wire {

constexpr int kNestingMax = 8;  ///< Our schemas nest 4 deep.

inline tl::unexpected<Error> corrupted(std::string_view what, std::string_view why) {
  return fail(ErrorCode::corrupted, fmt::format("{}: {}", what, why));
}

// ---- values ----------------------------------------------------------------------------------

/// 16 bytes (a NodeId, a Nonce) as two numbers, which need no pointer.
template <class Id>
std::uint64_t low_of(const Id& id) {
  return load_u64(id.bytes.data());
}
template <class Id>
std::uint64_t high_of(const Id& id) {
  return load_u64(id.bytes.data() + 8);
}
template <class Id>
Id join_halves(std::uint64_t low, std::uint64_t high) {
  Id id;
  store_u64(id.bytes.data(), low);
  store_u64(id.bytes.data() + 8, high);
  return id;
}

inline capnp::Text::Reader text_of(const std::string& from) {
  return {from.c_str(), from.size()};
}
inline capnp::Data::Reader blob_of(ByteView from) {
  return {from.data(), from.size()};
}
inline capnp::Data::Reader blob_of(std::string_view from) {
  return blob_of(as_bytes(from));
}
inline std::string to_string(capnp::Text::Reader from) {
  return {from.begin(), from.size()};
}
inline std::string to_string(capnp::Data::Reader from) {
  return to_text(ByteView{from.begin(), from.size()});
}
inline Bytes to_bytes(capnp::Data::Reader from) {
  return {from.begin(), from.end()};
}

// ---- messages --------------------------------------------------------------------------------

// One message is one segment, so that equal contents give equal bytes and a reader can tell where
// it ends.

/// The size of a builder's first segment, into which a message of `bytes` and small change fits.
inline unsigned segment_words(std::size_t bytes) {
  GOSSAMER_ASSERT(bytes <= std::size_t{1} << 30);
  return static_cast<unsigned>(bytes / sizeof(capnp::word) + 32);
}

/// The packed form: zeros cost next to nothing.
inline Bytes to_packed(capnp::MessageBuilder& message) {
  GOSSAMER_ASSERT(message.getSegmentsForOutput().size() == 1);
  // Packing makes ten bytes of eight words at worst for each of these, and a table of sizes comes
  // first.
  const std::size_t words = message.getSegmentsForOutput()[0].size() + 1;
  Bytes packed(words * sizeof(capnp::word) + words * 2 + 16);
  kj::ArrayOutputStream out{kj::arrayPtr(packed.data(), packed.size())};
  capnp::writePackedMessage(out, message);
  packed.resize(out.getArray().size());
  return packed;
}

inline void append_flat(capnp::MessageBuilder& message, Bytes& into) {
  GOSSAMER_ASSERT(message.getSegmentsForOutput().size() == 1);
  const kj::Array<capnp::word> words = capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  into.insert(into.end(), bytes.begin(), bytes.end());
}

/// Calls `read(message)` on what `packed` unpacks to, which is at most `words_max` words. `read`
/// returns a Result and gets every field once: the words that it may visit are counted.
template <class Read>
auto read_packed(ByteView packed, std::size_t words_max, std::string_view what, Read read)
    -> decltype(read(std::declval<capnp::MessageReader&>())) {
  // Outside of the block: the reader's destructor reads on, and may throw. Thrown out of a return
  // statement, that would leave the returned value behind without an owner (clang 19 does so).
  std::optional<decltype(read(std::declval<capnp::MessageReader&>()))> result;
  try {
    kj::ArrayInputStream stream{kj::arrayPtr(packed.data(), packed.size())};
    capnp::word scratch[128];
    capnp::ReaderOptions options;
    options.traversalLimitInWords = words_max;
    options.nestingLimit = kNestingMax;
    capnp::PackedMessageReader message{stream, options, kj::arrayPtr(scratch, 128)};
    result.emplace(read(message));
    if (*result && stream.tryGetReadBuffer().size() != 0) {
      result.emplace(corrupted(what, "bytes after its end"));
    }
  } catch (const kj::Exception& exception) {
    return corrupted(what, exception.getDescription().cStr());
  }
  return std::move(*result);
}

/// The same for the flat form. Costs no copy if `flat` is aligned to 8 bytes.
template <class Read>
auto read_flat(ByteView flat, std::string_view what, Read read)
    -> decltype(read(std::declval<capnp::MessageReader&>())) {
  if (flat.empty() || flat.size() % sizeof(capnp::word) != 0) {
    return corrupted(what, "its size is not a multiple of 8");
  }
  const std::size_t words = flat.size() / sizeof(capnp::word);
  try {
    kj::Array<capnp::word> copy;
    kj::ArrayPtr<const capnp::word> content;
    if (reinterpret_cast<std::uintptr_t>(flat.data()) % alignof(std::uint64_t) == 0) {
      content = kj::arrayPtr(reinterpret_cast<const capnp::word*>(flat.data()), words);
    } else {
      copy = kj::heapArray<capnp::word>(words);
      std::memcpy(copy.begin(), flat.data(), flat.size());
      content = copy;
    }
    capnp::ReaderOptions options;
    options.traversalLimitInWords = 2 * words + 64;
    options.nestingLimit = kNestingMax;
    capnp::FlatArrayMessageReader message{content, options};
    if (message.getEnd() != content.end()) return corrupted(what, "bytes after its end");
    return read(message);
  } catch (const kj::Exception& exception) {
    return corrupted(what, exception.getDescription().cStr());
  }
}

}  // namespace gossamer::wire
