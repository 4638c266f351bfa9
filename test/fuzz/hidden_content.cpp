// RevealingSink: an object that is hidden, is not, or looks as if it were, and arrives in pieces.

#include "objects/hidden_content.hpp"

#include <algorithm>

#include "choices.hpp"
#include "target.hpp"

using namespace gossamer;

namespace {

const objects::HidingKey& key() {
  static const objects::HidingKey key{wire::DataKey{}};
  return key;
}

Bytes revealed(ByteView object, std::size_t piece, std::optional<std::uint64_t> content_max) {
  auto bytes = std::make_shared<Bytes>();
  objects::RevealingSink sink{make_sink(bytes, object.size()), key(), content_max};
  sink.restart();
  while (!object.empty()) {
    const ByteView next = object.first(std::min(piece, object.size()));
    object = object.subspan(next.size());
    GOSSAMER_ASSERT(sink.write(next).has_value());
  }
  GOSSAMER_ASSERT(sink.finish().has_value());
  return *bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices{data, size};
  const std::size_t piece = 1U + choices.byte();
  const std::uint64_t content_max = choices.byte();
  const ByteView object = choices.rest();
  const Bytes whole = revealed(object, SIZE_MAX, std::nullopt);
  GOSSAMER_ASSERT(revealed(object, piece, std::nullopt) == whole);
  const std::size_t head = objects::HidingKey::is_head(object) ? objects::kHiddenHeadBytes : 0;
  GOSSAMER_ASSERT(whole.size() == object.size() - head);
  // Cut short it is the same, shorter.
  const Bytes cut = revealed(object, piece, content_max);
  GOSSAMER_ASSERT(cut.size() == std::min<std::uint64_t>(content_max, whole.size()));
  GOSSAMER_ASSERT(std::equal(cut.begin(), cut.end(), whole.begin()));
  // And what is hidden here comes back, from any place.
  const auto source = objects::hide(make_source(whole), key());
  Bytes hidden(static_cast<std::size_t>(source->size()));
  GOSSAMER_ASSERT(source->read(0, hidden).has_value());
  GOSSAMER_ASSERT(revealed(hidden, piece, std::nullopt) == whole);
  const std::uint64_t from = std::min<std::uint64_t>(content_max, hidden.size());
  Bytes tail(static_cast<std::size_t>(hidden.size() - from));
  GOSSAMER_ASSERT(source->read(from, tail).has_value());
  GOSSAMER_ASSERT(
      std::equal(tail.begin(), tail.end(), hidden.begin() + static_cast<std::ptrdiff_t>(from)));
  return 0;
}
