#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "gossamer/ports/object_store.hpp"
#include "wire/data_key.hpp"

namespace gossamer::objects {

/// What stands before a hidden object: "gsx", version 1, four zeros, 24 random bytes.
constexpr std::size_t kHiddenHeadBytes = 32;

/// Hides contents from whoever has no data key: XChaCha20 under a key derived from it, with a
/// random nonce for every object that is written. It hides and does nothing else: that what is read
/// was not changed is for the seals and hashes inside to show. **Threads**: shared.
class HidingKey {
 public:
  explicit HidingKey(const wire::DataKey& data_key);

  /// From the content's `offset` on, both ways.
  void apply(ByteView head, std::uint64_t offset, std::span<std::uint8_t> bytes) const;
  static Bytes draw_head();
  static bool is_head(ByteView bytes);

 private:
  wire::DataKey key_;
};

/// `inner`, hidden: its head, then its content. Reading it again gives the same bytes.
std::shared_ptr<ByteSource> hide(std::shared_ptr<ByteSource> inner, const HidingKey& key);

/// Gives `inner` the content of an object that is read from its beginning, hidden or not, up to
/// `content_max` bytes of it. What is shorter than a head is known at the end only, so `finish` it.
class RevealingSink final : public ByteSink {
 public:
  RevealingSink(std::shared_ptr<ByteSink> inner, const HidingKey& key,
                std::optional<std::uint64_t> content_max)
      : inner_(std::move(inner)), key_(key), content_max_(content_max) {}

  void restart() override;
  Result<void> write(ByteView bytes) override;
  Result<void> finish();

 private:
  enum class Found { nothing, plain, hidden };
  Result<void> decide();
  Result<void> pass(ByteView content);

  std::shared_ptr<ByteSink> inner_;
  HidingKey key_;
  std::optional<std::uint64_t> content_max_;
  Bytes head_{};
  Found found_ = Found::nothing;
  std::uint64_t passed_ = 0;
};

/// For content from `offset` on, whose head is known.
std::shared_ptr<ByteSink> reveal(std::shared_ptr<ByteSink> inner, const HidingKey& key, Bytes head,
                                 std::uint64_t offset);

}  // namespace gossamer::objects
