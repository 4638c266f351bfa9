#include "objects/hidden_content.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace gossamer::objects {
namespace {

constexpr std::uint8_t kMagic[] = {'g', 's', 'x', 1, 0, 0, 0, 0};
constexpr std::size_t kNonceAt = sizeof(kMagic);
constexpr std::uint64_t kBlockBytes = 64;
static_assert(kNonceAt + crypto_stream_xchacha20_NONCEBYTES == kHiddenHeadBytes);
static_assert(crypto_stream_xchacha20_KEYBYTES == wire::kDataKeyBytes);

class HiddenSource final : public ByteSource {
 public:
  HiddenSource(std::shared_ptr<ByteSource> inner, const HidingKey& key)
      : inner_(std::move(inner)), key_(key), head_(HidingKey::draw_head()) {}

  std::uint64_t size() const override { return kHiddenHeadBytes + inner_->size(); }
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    if (offset < kHiddenHeadBytes) {
      const std::size_t count = std::min<std::size_t>(kHiddenHeadBytes - offset, into.size());
      std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
      into = into.subspan(count);
      offset += count;
    }
    if (into.empty()) return {};
    if (Result<void> read = inner_->read(offset - kHiddenHeadBytes, into); !read) return read;
    key_.apply(head_, offset - kHiddenHeadBytes, into);
    return {};
  }

 private:
  std::shared_ptr<ByteSource> inner_;
  HidingKey key_;
  Bytes head_;
};

class OffsetSink final : public ByteSink {
 public:
  OffsetSink(std::shared_ptr<ByteSink> inner, const HidingKey& key, Bytes head,
             std::uint64_t offset)
      : inner_(std::move(inner)), key_(key), head_(std::move(head)), begin_(offset), at_(offset) {}
  void restart() override {
    at_ = begin_;
    inner_->restart();
  }
  Result<void> write(ByteView bytes) override {
    Bytes content{bytes.begin(), bytes.end()};
    key_.apply(head_, at_, content);
    at_ += content.size();
    return inner_->write(content);
  }

 private:
  std::shared_ptr<ByteSink> inner_;
  HidingKey key_;
  Bytes head_;
  std::uint64_t begin_;
  std::uint64_t at_;
};

}  // namespace

HidingKey::HidingKey(const wire::DataKey& data_key) {
  static constexpr std::string_view kDomain = "gossamer hidden object v1";
  GOSSAMER_ASSERT(sodium_init() >= 0);
  const ByteView domain = as_bytes(kDomain);
  crypto_generichash(key_.bytes.data(), key_.bytes.size(), domain.data(), domain.size(),
                     data_key.bytes.data(), data_key.bytes.size());
}

// The cipher counts blocks, and content may be cut anywhere.
void HidingKey::apply(ByteView head, std::uint64_t offset, std::span<std::uint8_t> bytes) const {
  const std::uint8_t* nonce = head.data() + kNonceAt;
  std::uint64_t block = offset / kBlockBytes;
  if (const std::size_t within = offset % kBlockBytes; within > 0) {
    std::array<std::uint8_t, kBlockBytes> stream{};
    crypto_stream_xchacha20_xor_ic(stream.data(), stream.data(), stream.size(), nonce, block,
                                   key_.bytes.data());
    const std::size_t count = std::min<std::size_t>(kBlockBytes - within, bytes.size());
    for (std::size_t i = 0; i < count; ++i) bytes[i] ^= stream[within + i];
    bytes = bytes.subspan(count);
    ++block;
  }
  if (bytes.empty()) return;
  crypto_stream_xchacha20_xor_ic(bytes.data(), bytes.data(), bytes.size(), nonce, block,
                                 key_.bytes.data());
}

Bytes HidingKey::draw_head() {
  Bytes head(kHiddenHeadBytes);
  std::copy(std::begin(kMagic), std::end(kMagic), head.begin());
  randombytes_buf(head.data() + kNonceAt, head.size() - kNonceAt);
  return head;
}

bool HidingKey::is_head(ByteView bytes) {
  return bytes.size() >= kHiddenHeadBytes &&
         std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin());
}

std::shared_ptr<ByteSource> hide(std::shared_ptr<ByteSource> inner, const HidingKey& key) {
  return std::make_shared<HiddenSource>(std::move(inner), key);
}

std::shared_ptr<ByteSink> reveal(std::shared_ptr<ByteSink> inner, const HidingKey& key, Bytes head,
                                 std::uint64_t offset) {
  return std::make_shared<OffsetSink>(std::move(inner), key, std::move(head), offset);
}

void RevealingSink::restart() {
  head_.clear();
  found_ = Found::nothing;
  passed_ = 0;
  inner_->restart();
}

Result<void> RevealingSink::write(ByteView bytes) {
  if (found_ == Found::nothing) {
    const std::size_t missing = std::min(kHiddenHeadBytes - head_.size(), bytes.size());
    head_.insert(head_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(missing));
    bytes = bytes.subspan(missing);
    // Nearly everything that is not hidden is known as such by its first bytes.
    const std::size_t told = std::min(head_.size(), sizeof(kMagic));
    const bool may_be_hidden =
        std::equal(head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>(told), kMagic);
    if (head_.size() < kHiddenHeadBytes && may_be_hidden) return {};
    if (Result<void> decided = decide(); !decided) return decided;
  }
  return pass(bytes);
}

Result<void> RevealingSink::finish() {
  if (found_ != Found::nothing) return {};
  return decide();
}

Result<void> RevealingSink::decide() {
  found_ = HidingKey::is_head(head_) ? Found::hidden : Found::plain;
  return found_ == Found::plain ? pass(head_) : Result<void>{};
}

Result<void> RevealingSink::pass(ByteView content) {
  if (content_max_) {
    const std::uint64_t left = *content_max_ - std::min(passed_, *content_max_);
    content =
        content.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, content.size())));
  }
  if (content.empty()) return {};
  const std::uint64_t offset = passed_;
  passed_ += content.size();
  if (found_ == Found::plain) return inner_->write(content);
  Bytes revealed{content.begin(), content.end()};
  key_.apply(head_, offset, revealed);
  return inner_->write(revealed);
}

}  // namespace gossamer::objects
