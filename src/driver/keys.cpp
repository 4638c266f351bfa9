// The cluster's keys: what of them is heard, kept, used, and told.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "driver/state.hpp"
#include "wire/little_endian.hpp"

namespace gossamer::driver {
namespace {

constexpr const char* kSecretName = "cluster.keys";
constexpr std::size_t kGivenIdBytes = 4;

std::optional<keys::RingStatement> kept_ring_statement(const Bytes& kept_keys) {
  if (kept_keys.size() <= kGivenIdBytes) return std::nullopt;
  const ByteView kept = ByteView{kept_keys}.subspan(kGivenIdBytes);
  const auto statement = wire::decode_statement(kept);
  if (!statement || !wire::verify_statement(kept)) return std::nullopt;
  const auto* ring = std::get_if<keys::RingStatement>(&statement->body);
  return ring == nullptr ? std::nullopt : std::optional{*ring};
}

}  // namespace

std::optional<keys::KeyRing> kept_key_ring(const Bytes& kept_keys) {
  const auto statement = kept_ring_statement(kept_keys);
  return statement ? std::optional{statement->ring} : std::nullopt;
}

// What was kept is the id of the key that the user had given by then, and the ring's statement.
keys::Rotation Driver::State::rotation_of(const Options& options) {
  const keys::KeyRing given{options.key};
  const auto ring = kept_ring_statement(options.kept_keys);
  if (!ring) return keys::Rotation{given};
  const bool is_new_key = wire::load_u32(options.kept_keys.data()) != given.primary().id();
  return keys::Rotation{given, is_new_key, *ring};
}

void Driver::State::start_keys() {
  use_keys();
  if (options.kept_keys.size() <= kGivenIdBytes) return;
  const ByteView kept = ByteView{options.kept_keys}.subspan(kGivenIdBytes);
  const auto statement = wire::decode_statement(kept);
  if (!statement || statement->key.kind != gossip::EntryKind::key_ring) {
    return notify(Alarm{"keys",
                        "the ring of keys kept in the data directory (cluster.keys) cannot be "
                        "read; going on with the key that was given"});
  }
  const gossip::Entry entry{statement->key, statement->version,
                            std::make_shared<const Bytes>(kept.begin(), kept.end())};
  // Others have it too: whoever lacks it asks for it.
  gossip.put(now, entry, gossip::Telling::hold);
  if (wire::load_u32(options.kept_keys.data()) != options.key.id()) keep_ring();
}

void Driver::State::use_keys() {
  sealer.use(rotation.ring().primary(), rotation.openable());
  key_choice.keep_only(rotation.ring().ids());
}

void Driver::State::note_key(const NodeId& sender, const Endpoint& from, std::uint32_t key_id) {
  const std::uint32_t primary = sealer.primary_id();
  if (key_id != primary) {
    const auto held = key_ids_of(sender);
    if (std::find(held.begin(), held.end(), primary) != held.end()) key_id = primary;
  }
  key_choice.on_heard(now, from, key_id, primary);
}

bool Driver::State::hear_ring(const NodeId& author, const keys::RingStatement& told) {
  if (!rotation.on_ring(now, told)) return false;
  use_keys();
  notify(KeysChanged{author, rotation.ring().ids()});
  return true;
}

// Only when they would survive a restart does this node say that it has them: whoever takes the
// next step relies on it. One write at a time, of the newest ring.
void Driver::State::keep_ring() {
  const gossip::Entry* held = gossip.replica().find({gossip::EntryKind::key_ring, {}, {}});
  if (held == nullptr || std::exchange(is_ring_unkept, true)) return;
  Bytes kept(kGivenIdBytes);
  wire::store_u32(kept.data(), options.key.id());
  kept.insert(kept.end(), held->statement->begin(), held->statement->end());
  ports.node_store->keep_secret(
      kSecretName, std::move(kept),
      later([version = held->version](State& state, Result<void> result) {
        state.is_ring_unkept = false;
        const gossip::Entry* now_held =
            state.gossip.replica().find({gossip::EntryKind::key_ring, {}, {}});
        if (now_held != nullptr && now_held->version != version) return state.keep_ring();
        if (!result) {
          return state.notify(Alarm{
              "keys", fmt::format("the cluster's keys cannot be kept, so this node does not say "
                                  "that it has them: {}",
                                  result.error().detail)});
        }
        state.membership.restate_keys(state.rotation.ring().ids(), state.membership_out);
      }));
}

// What it says of them is needed while keys change, and read anew then.
std::vector<std::uint32_t> Driver::State::key_ids_of(const NodeId& member) const {
  const gossip::Entry* held = gossip.replica().find({gossip::EntryKind::member, member, {}});
  if (held == nullptr) return {};
  const Result<wire::Statement> statement = wire::decode_statement(*held->statement);
  const auto* said =
      statement ? std::get_if<membership::MemberStatement>(&statement->body) : nullptr;
  return said == nullptr ? std::vector<std::uint32_t>{} : said->key_ids;
}

std::vector<keys::Holder> Driver::State::holders() const {
  std::vector<keys::Holder> live;
  for (const Member& member : membership.members()) {
    if (!member.is_live()) continue;
    live.push_back({member.name, key_ids_of(member.id)});
  }
  return live;
}

Result<void> Driver::State::change_ring(Result<keys::RingStatement> next) {
  if (!next) return tl::unexpected(next.error());
  if (!hear_ring(options.identity.id(), *next)) {
    return fail(ErrorCode::resource_exhausted, "the keys were changed too often");
  }
  publish(*next);
  keep_ring();
  return {};
}

Result<void> Driver::add_key(const wire::ClusterKey& key) {
  Result<void> changed;
  state_->turn([&] { changed = state_->change_ring(state_->rotation.with(key)); });
  return changed;
}

Result<void> Driver::use_key(std::uint32_t id) {
  Result<void> changed;
  state_->turn(
      [&] { changed = state_->change_ring(state_->rotation.with_primary(id, state_->holders())); });
  return changed;
}

Result<void> Driver::remove_key(std::uint32_t id) {
  Result<void> changed;
  state_->turn(
      [&] { changed = state_->change_ring(state_->rotation.without(id, state_->holders())); });
  return changed;
}

std::vector<KeyStatus> Driver::keys() const {
  const std::vector<keys::Holder> live = state_->holders();
  std::vector<KeyStatus> all;
  for (const std::uint32_t id : state_->rotation.ring().ids()) {
    KeyStatus& key = all.emplace_back(KeyStatus{id, all.empty(), 0, 0, {}});
    for (const keys::Holder& holder : live) {
      const auto& ids = holder.key_ids;
      const bool holds = std::find(ids.begin(), ids.end(), id) != ids.end();
      key.held_by += holds ? 1 : 0;
      key.used_by += !ids.empty() && ids.front() == id ? 1 : 0;
      if (!holds) key.lacking.push_back(holder.name);
    }
  }
  return all;
}

const keys::KeyRing& Driver::key_ring() const {
  return state_->rotation.ring();
}

}  // namespace gossamer::driver
