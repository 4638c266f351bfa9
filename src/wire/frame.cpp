#include "wire/frame.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "wire/little_endian.hpp"

namespace gossamer::wire {
namespace {

constexpr std::uint8_t kMagic[] = {'g', 's', 'm'};

// Where the header's fields begin.
constexpr std::size_t kVersionAt = 3;
constexpr std::size_t kKeyIdAt = 4;
constexpr std::size_t kSenderAt = 8;
constexpr std::size_t kMomentAt = 24;
constexpr int kMomentShift = 16;  // So many bits number the frames of a millisecond.
constexpr std::size_t kBootSaltAt = 32;
// Services that set the clock step it by less (a leap second is 1 s), and frames dated so far ahead
// are within half of the least replay_window (10 s): the order of a sender's frames is kept for
// that.
constexpr std::uint64_t kMomentAheadMaxMs = 5'000;
static_assert(kBootSaltAt + 8 == kFrameHeaderBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == kFrameOverheadBytes - kFrameHeaderBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == keys::kClusterKeyBytes);

using Nonce = std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;

Nonce nonce_of(const std::uint8_t* header) {
  Nonce nonce{};
  std::copy_n(header + kBootSaltAt, 8, nonce.begin());
  std::copy_n(header + kMomentAt, 8, nonce.begin() + 8);
  std::copy_n(header + kSenderAt, 8, nonce.begin() + 16);
  return nonce;
}

/// The header and the cluster's name, without a copy on the heap for each frame.
class AssociatedData {
 public:
  AssociatedData(const std::uint8_t* header, const std::string& cluster)
      : size_(kFrameHeaderBytes + cluster.size()) {
    std::uint8_t* at = few_.data();
    if (size_ > few_.size()) {
      many_.resize(size_);
      at = many_.data();
    }
    std::copy_n(header, kFrameHeaderBytes, at);
    std::copy(cluster.begin(), cluster.end(), at + kFrameHeaderBytes);
  }
  const std::uint8_t* data() const { return many_.empty() ? few_.data() : many_.data(); }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::array<std::uint8_t, kFrameHeaderBytes + 64> few_;
  Bytes many_;
};

}  // namespace

std::string_view to_string(FrameReject reject) noexcept {
  switch (reject) {
    case FrameReject::truncated: return "truncated";
    case FrameReject::foreign: return "foreign";
    case FrameReject::version: return "version";
    case FrameReject::unknown_key: return "unknown_key";
    case FrameReject::unsealed: return "unsealed";
    case FrameReject::own: return "own";
    case FrameReject::twin: return "twin";
    case FrameReject::late: return "late";
    case FrameReject::replayed: return "replayed";
  }
  return "unknown";
}

Sealer::Sealer(const ClusterKey& key, std::string_view cluster, const NodeId& self,
               std::uint64_t boot_salt)
    : cluster_(cluster), self_(self), boot_salt_(boot_salt) {
  GOSSAMER_ASSERT(sodium_init() >= 0);
  use(key, {});
}

void Sealer::use(const ClusterKey& primary, std::vector<ClusterKey> openable) {
  keys_ = {{primary.id(), primary}};
  for (const ClusterKey& key : openable) {
    if (key != primary) keys_.push_back({key.id(), key});
  }
}

const Sealer::Held* Sealer::find(std::uint32_t key_id) const {
  const auto at = std::find_if(keys_.begin(), keys_.end(),
                               [key_id](const Held& held) { return held.id == key_id; });
  return at == keys_.end() ? nullptr : &*at;
}

// The moment is both a number that never comes twice under one salt and the time by which receivers
// tell what is late. It cannot be both when the clock has gone back far: then under another salt.
void Sealer::advance(std::uint64_t wall_ms) {
  if ((moment_ >> kMomentShift) > wall_ms + kMomentAheadMaxMs) {
    ++salts_used_up_;
    moment_ = 0;
  }
  const bool is_first = moment_ == 0;
  moment_ = std::max(moment_ + 1, wall_ms << kMomentShift);
  if (is_first) began_ = moment_;
}

// What was sealed before we began to speak is of an earlier life of ours: late, or recorded. A twin
// goes on speaking.
bool Sealer::is_own(const Opened& opened, std::uint64_t moment) const {
  return opened.boot_salt - boot_salt_ <= salts_used_up_ || moment < began_;
}

Bytes Sealer::seal(ByteView payload, std::uint64_t wall_ms, std::optional<std::uint32_t> key_id,
                   Version version) {
  const Held* wanted = key_id ? find(*key_id) : nullptr;
  const Held& held = wanted != nullptr ? *wanted : keys_.front();
  Bytes frame(payload.size() + kFrameOverheadBytes);
  std::copy(std::begin(kMagic), std::end(kMagic), frame.begin());
  frame[kVersionAt] = version;
  store_u32(frame.data() + kKeyIdAt, held.id);
  std::copy(self_.bytes.begin(), self_.bytes.end(), frame.begin() + kSenderAt);
  advance(wall_ms);
  store_u64(frame.data() + kMomentAt, moment_);
  store_u64(frame.data() + kBootSaltAt, boot_salt_ + salts_used_up_);

  const AssociatedData associated{frame.data(), cluster_};
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      frame.data() + kFrameHeaderBytes, nullptr, payload.data(), payload.size(), associated.data(),
      associated.size(), nullptr, nonce_of(frame.data()).data(), held.key.bytes.data());
  return frame;
}

tl::expected<Sealer::Opened, FrameReject> Sealer::open(ByteView frame) const {
  if (frame.size() < kFrameOverheadBytes) return tl::make_unexpected(FrameReject::truncated);
  if (!std::equal(std::begin(kMagic), std::end(kMagic), frame.begin())) {
    return tl::make_unexpected(FrameReject::foreign);
  }
  const Held* held = find(load_u32(frame.data() + kKeyIdAt));
  if (held == nullptr) return tl::make_unexpected(FrameReject::unknown_key);

  Opened opened;
  opened.payload.resize(frame.size() - kFrameOverheadBytes);
  const AssociatedData associated{frame.data(), cluster_};
  const int unsealed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      opened.payload.data(), nullptr, nullptr, frame.data() + kFrameHeaderBytes,
      frame.size() - kFrameHeaderBytes, associated.data(), associated.size(),
      nonce_of(frame.data()).data(), held->key.bytes.data());
  if (unsealed != 0) return tl::make_unexpected(FrameReject::unsealed);

  std::copy_n(frame.data() + kSenderAt, opened.sender.bytes.size(), opened.sender.bytes.begin());
  const std::uint64_t moment = load_u64(frame.data() + kMomentAt);
  opened.sent_ms = moment >> kMomentShift;
  opened.mark = load_u64(frame.data() + frame.size() - 8);
  opened.key_id = held->id;
  opened.version = frame[kVersionAt];
  opened.boot_salt = load_u64(frame.data() + kBootSaltAt);
  // Only now, so that these tell of somebody who holds the key.
  opened.is_twin = opened.sender == self_;
  if (opened.is_twin && is_own(opened, moment)) return tl::make_unexpected(FrameReject::own);
  return opened;
}

}  // namespace gossamer::wire
