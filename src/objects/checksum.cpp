#include "objects/checksum.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include "base/assert.hpp"

namespace gossamer::objects {

// What fails here is memory.
struct Checksum::State {
  State() : of(XXH3_createState()) {
    GOSSAMER_ASSERT(of != nullptr && XXH3_128bits_reset(of) == XXH_OK);
  }
  ~State() { XXH3_freeState(of); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  XXH3_state_t* of;
};

Checksum::Checksum() : state_(std::make_unique<State>()) {}
Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::update(ByteView bytes) {
  // An empty view may have no address, which it takes amiss.
  if (bytes.empty()) return;
  GOSSAMER_ASSERT(XXH3_128bits_update(state_->of, bytes.data(), bytes.size()) == XXH_OK);
}

std::string Checksum::hex() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->of);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace gossamer::objects
