// Opening a node: everything that a node holds on its machine, in the order in which it can fail
// most cheaply.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "admin/server.hpp"
#include "base/hash.hpp"
#include "gossamer/admin_channel.hpp"
#include "gossamer/cluster_key.hpp"
#include "node/admission_policy.hpp"
#include "node/local_address.hpp"
#include "node/memory_node_store.hpp"
#include "node/private_file.hpp"
#include "node/shell.hpp"
#include "objects/object_store_url.hpp"
#include "store/rocks_node_store.hpp"
#include "store/rocks_unit_stores.hpp"

namespace gossamer::node {
namespace {

wire::ClusterKey key_from(ByteView bytes) {
  wire::ClusterKey key;
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.bytes.size()), key.bytes.begin());
  return key;
}

wire::ClusterKey known_key() {
  return key_from(content_hash(as_bytes("gossamer: no secret")));
}

// A change from the key that everybody knows, begun and not ended, would let everybody in.
Result<void> check_kept_keys(const Bytes& kept, const std::string& data_directory) {
  const auto ring = driver::kept_key_ring(kept);
  if (!ring ||
      std::find(ring->keys().begin(), ring->keys().end(), known_key()) == ring->keys().end())
    return {};
  return fail(
      ErrorCode::permission_denied,
      fmt::format(
          "data directory {} still holds the key that everybody knows ({:08x}), from a run with "
          "--insecure, so whoever can send to this node could take part: give it another data "
          "directory, or start it with --insecure once more and end the change with `gossamer keys "
          "use` and `gossamer keys remove {:08x}`",
          data_directory, known_key().id(), known_key().id()));
}

Result<wire::ClusterKey> cluster_key_of(const NodeOptions& options) {
  if (options.is_insecure) return known_key();
  if (!options.key_bytes.empty()) return key_from(as_bytes(options.key_bytes));
  const auto read = read_key_file(options.key_file);
  if (!read) return tl::unexpected(read.error());
  return key_from(as_bytes(*read));
}

}  // namespace

Shell::Shell(uv_loop_t* loop, NodeOptions options)
    : options_(std::move(options)),
      uv_(loop),
      mailbox_(std::make_shared<Mailbox>(options_.post_queue_max)) {
  const Bytes drawn = draw_random_bytes(sizeof(seed_));
  std::memcpy(&seed_, drawn.data(), sizeof(seed_));
}

Shell::~Shell() = default;

Result<std::shared_ptr<Shell>> Shell::open(uv_loop_t* loop, NodeOptions options) {
  if (loop == nullptr) return fail(ErrorCode::invalid_argument, "the loop is a null pointer");
  if (auto valid = options.validate(); !valid) return tl::unexpected(valid.error());
  const std::shared_ptr<Shell> shell{new Shell{loop, std::move(options)}};
  const auto key = cluster_key_of(shell->options_);
  if (!key) return tl::unexpected(key.error());
  shell->key_ = *key;
  // From here on libuv may hold handles of ours, which outlive a failure by a turn of the loop.
  shell->kept_ = shell;
  if (auto opened = shell->open_all(); !opened) {
    shell->abandon();
    return tl::unexpected(opened.error());
  }
  shell->prove_object_store();
  return shell;
}

Result<void> Shell::open_identity() {
  if (options_.data_directory.empty()) {
    std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
    const Bytes drawn = draw_random_bytes(seed.size());
    std::copy(drawn.begin(), drawn.end(), seed.begin());
    identity_ = wire::Identity::from_seed(seed);
    node_data_.boot = 1;
    node_store_ = std::make_unique<MemoryNodeStore>(*workers_);
    return {};
  }
  auto opened = store::open_node_store(options_.data_directory, *workers_);
  if (!opened) return tl::unexpected(opened.error());
  node_store_ = std::move(opened->store);
  node_data_ = std::move(opened->data);
  identity_ = wire::Identity::from_seed(node_data_.identity_seed);
  return options_.is_insecure ? Result<void>{}
                              : check_kept_keys(node_data_.kept_keys, options_.data_directory);
}

// Among those that others rely on there must be none whom they will not believe.
Result<void> Shell::open_admission() {
  auto policy = admission_policy(options_.admission);
  if (!policy) return tl::unexpected(policy.error());
  admission_ = std::move(*policy);
  auto own =
      own_admission(options_.admission, admission_, identity_, options_.cluster, clock_.wall_ms());
  if (own) {
    own_admission_ = std::move(*own);
    return {};
  }
  if (options_.data_directory.empty()) {
    own.error().detail +=
        "; and give it a data directory, for without one it is another node at every start";
  }
  return tl::unexpected(own.error());
}

Result<void> Shell::open_all() {
  callbacks_ = std::make_shared<CallbackQueue>();
  if (auto opened = callbacks_->open(uv_); !opened) return opened;
  runner_ = std::make_shared<ServiceRunner>(
      ServiceRunner::Options{uv_.get(), std::move(options_.factories), std::move(options_.redeploy),
                             !options_.data_directory.empty()},
      callbacks_);
  auto workers = UvWorkers::open(uv_, options_.worker_count);
  if (!workers) return tl::unexpected(workers.error());
  workers_ = std::move(*workers);
  session_ = std::make_unique<aws::Session>(uv_, *workers_, options_.aws, seed_);
  if (auto opened = open_identity(); !opened) return opened;
  mailbox_->set_self(identity_.id());
  if (auto opened = open_admission(); !opened) return opened;
  if (auto opened = open_network(); !opened) return opened;
  if (auto opened = open_stores(); !opened) return opened;
  if (auto opened = open_discovery(); !opened) return opened;
  if (auto opened = open_termination_watch(); !opened) return opened;
  if (auto opened = open_zone(); !opened) return opened;
  wakeups_ = std::make_unique<Wakeups>(uv_, clock_, *this);
  return open_admin();
}

Result<void> Shell::open_admin() {
  if (!options_.admin_socket.empty()) {
    auto admin = AdminRequests::open(uv_, options_.admin_socket, *this);
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
  }
  if (!options_.admin_listen) return {};
  const auto token = options_.admin_token.empty()
                         ? read_admin_token_file(options_.admin_token_file)
                         : Result<std::string>{std::exchange(options_.admin_token, {})};
  if (!token) return tl::unexpected(token.error());
  admin::DoorPlace place{*options_.admin_listen, admin::token_key(*token), {}};
  auto allowed = AddressRanges::parse(options_.allowed_peers);
  if (!allowed) return tl::unexpected(allowed.error());
  place.limits.addresses = std::move(*allowed);
  auto admin = AdminRequests::open(uv_, std::move(place), *this);
  if (!admin) return tl::unexpected(admin.error());
  remote_admin_ = std::move(*admin);
  return {};
}

Result<void> Shell::open_network() {
  auto peers = AddressRanges::parse(options_.allowed_peers);
  if (!peers) return tl::unexpected(peers.error());
  NetworkLimits limits;
  limits.peers = std::move(*peers);
  auto network = UvNetwork::open(uv_, options_.bind, *this, limits);
  if (!network) return tl::unexpected(network.error());
  network_ = std::move(*network);
  bound_ = network_->endpoint();
  if (options_.advertise) {
    endpoint_ = *options_.advertise;
    if (endpoint_.port == 0) endpoint_.port = bound_.port;
    return {};
  }
  const auto reachable = reachable_endpoint(bound_);
  if (!reachable) return tl::unexpected(reachable.error());
  endpoint_ = *reachable;
  return {};
}

Result<void> Shell::open_stores() {
  objects_ = std::move(options_.object_store);
  if (!options_.object_store_url.empty()) {
    UvWorkers* blocking = workers_.get();
    if (options_.object_store_url.starts_with("dir:")) {
      // Threads of its own: a mounted store that hangs must not keep local commits waiting.
      auto workers = UvWorkers::open(uv_, options_.worker_count);
      if (!workers) return tl::unexpected(workers.error());
      object_workers_ = std::move(*workers);
      blocking = object_workers_.get();
    }
    auto objects = objects::make_object_store(options_.object_store_url, *blocking, *session_);
    if (!objects) return tl::unexpected(objects.error());
    objects_ = std::move(*objects);
  }
  if (objects_ == nullptr || options_.data_directory.empty()) return {};
  unit_stores_ = store::open_unit_stores(options_.data_directory, *workers_);
  return {};
}

}  // namespace gossamer::node
