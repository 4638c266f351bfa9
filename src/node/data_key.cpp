// The key under which the object store is sealed: found at the start, and wrapped under each key
// that the cluster gets, so that who joins with that one alone can open it.

#include <fmt/format.h>

#include <algorithm>

#include "node/private_file.hpp"
#include "node/shell.hpp"
#include "objects/data_keys.hpp"

namespace gossamer::node {
namespace {

template <std::size_t N>
void draw_into(std::array<std::uint8_t, N>& bytes) {
  const Bytes drawn = draw_random_bytes(N);
  std::copy(drawn.begin(), drawn.end(), bytes.begin());
}

}  // namespace

void Shell::find_data_key(std::string store_id) {
  objects::NewDataKey candidate;
  draw_into(candidate.key.bytes);
  draw_into(candidate.nonce);
  objects::ensure_data_key(*objects_, {{&key_, 1}, options_.cluster, store_id}, candidate,
                           [this, store_id](Result<wire::DataKey> data_key) {
                             if (!data_key)
                               return on_object_store_proven(tl::unexpected(data_key.error()));
                             on_object_store_proven(StoreProof{store_id, *data_key});
                           });
}

Shell::Wrapping::Wrapping(Shell& shell)
    : timer(shell.uv_, [this] { keeper.on_due(); }),
      keeper(
          *shell.objects_, shell.clock_,
          {shell.options_.cluster, shell.store_.id, shell.store_.data_key},
          {[] {
             wire::WrapNonce nonce;
             draw_into(nonce);
             return nonce;
           },
           [this, &shell](Instant when) { timer.arm(when - shell.clock_.now()); },
           [&shell](std::uint32_t id, const Error& error) { shell.on_wrapping_failed(id, error); },
           [&shell](std::uint32_t id) {
             shell.log(LogLevel::info,
                       fmt::format("the object store opens with the cluster key {:08x} now", id));
           }},
          shell.seed_) {}

// Every node does, for the one that changed the keys may have no object store, or be gone.
void Shell::wrap_data_key() {
  if (objects_ == nullptr || !driver_) return;
  if (!wrapping_) wrapping_ = std::make_unique<Wrapping>(*this);
  wrapping_->keeper.on_ring(driver_->key_ring().keys());
}

void Shell::on_wrapping_failed(std::uint32_t key_id, const Error& error) {
  if (stage_ != Stage::begun) return;
  on_event(Alarm{"keys",
                 fmt::format("nodes that are given the cluster key {:08x} alone may not be able to "
                             "open the object store yet; trying again until they are: {}",
                             key_id, error.detail)});
}

}  // namespace gossamer::node
