#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"
#include "keys/key_ring.hpp"
#include "wire/version.hpp"

namespace gossamer::wire {

using keys::ClusterKey;

/// Why a frame was dropped. Counted for each reason.
enum class FrameReject : std::uint8_t {
  truncated,    ///< Shorter than a header and a seal.
  foreign,      ///< Not ours: wrong magic.
  version,      ///< True, but of a version that this node does not read.
  unknown_key,  ///< Sealed with a key that we do not hold: another cluster, or a rotated key.
  unsealed,     ///< The seal does not hold: garbage, tampering, or another cluster name.
  own,          ///< Our own frame came back, of this life or of one before it.
  twin,         ///< Sealed as ours by another process, while we spoke already.
  late,         ///< Sealed too long ago, or in the future, by this machine's clock.
  replayed,     ///< It came before.
};
std::string_view to_string(FrameReject reject) noexcept;
constexpr std::size_t kFrameRejectCount = 9;

/// Frame: magic "gsm" and the version of its payload, key id (4), sender (16), moment (8: the
/// millisecond, and a number within it), boot salt (8), then the sealed payload
/// (XChaCha20-Poly1305, 16 bytes of tag). The header and the cluster's name are associated data;
/// the nonce is the salt and the moment with 8 bytes of the sender, so one sender never repeats it:
/// the moment only grows under one salt, and starts anew under the next when the clock was put
/// back. 56 bytes in all. docs/WIRE.md draws it.
constexpr std::size_t kFrameHeaderBytes = 40;
constexpr std::size_t kFrameOverheadBytes = kFrameHeaderBytes + 16;

class Sealer {
 public:
  /// `boot_salt` is drawn at random in every boot of a node. The salts that follow it when the
  /// clock is put back count up from it: none comes twice, and all are known as this process's own.
  Sealer(const ClusterKey& key, std::string_view cluster, const NodeId& self,
         std::uint64_t boot_salt);

  /// From now on opens what is sealed with any of these, and seals with `primary`.
  void use(const ClusterKey& primary, std::vector<ClusterKey> openable);

  std::uint32_t primary_id() const { return keys_.front().id; }

  /// `wall_ms`: milliseconds since 1970, which the frame carries. `key_id`: with that key, if it is
  /// one of those that are opened; else with the primary. `version`: that the payload is of.
  Bytes seal(ByteView payload, std::uint64_t wall_ms, std::optional<std::uint32_t> key_id = {},
             Version version = kVersions.newest);

  struct Opened {
    NodeId sender{};
    std::uint64_t sent_ms = 0;  ///< By the sender's clock.
    std::uint64_t mark = 0;     ///< A part of the seal: tells this frame from all others.
    std::uint64_t boot_salt = 0;
    std::uint32_t key_id = 0;
    Version version = 0;   ///< Of the payload; any.
    bool is_twin = false;  ///< Under our identity: rejected as `twin`, if it is fresh.
    Bytes payload{};       ///< 8-byte aligned, as Cap'n Proto wants it.
  };
  /// Errors: every reason but `late` and `replayed`, which a PlaybackGuard tells, `twin`, which
  /// only a frame that passes the guard is, and `version`, which is for whoever reads the payload.
  tl::expected<Opened, FrameReject> open(ByteView frame) const;

 private:
  /// An id is asked for with every frame, and a hash costs more than the rest of the search.
  struct Held {
    std::uint32_t id;
    ClusterKey key;
  };
  const Held* find(std::uint32_t key_id) const;
  void advance(std::uint64_t wall_ms);
  bool is_own(const Opened& opened, std::uint64_t moment) const;

  std::vector<Held> keys_;  ///< The primary first.
  std::string cluster_;
  NodeId self_;
  std::uint64_t boot_salt_;
  std::uint64_t salts_used_up_ = 0;  ///< The salt of the next frame is so many above the boot's.
  std::uint64_t moment_ = 0;         ///< Of the last frame.
  std::uint64_t began_ = std::numeric_limits<std::uint64_t>::max();  ///< First moment of the salt.
};

}  // namespace gossamer::wire
