// Authorities, and what they sign.

#include "gossamer/admission.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "node/admission_text.hpp"
#include "node/private_file.hpp"
#include "store/posix_file.hpp"
#include "store/rocks_node_store.hpp"

namespace gossamer {
namespace {

constexpr std::size_t kFileBytesMax = 4096;
constexpr std::size_t kClusterBytesMax = 64;

Result<wire::Identity> read_authority(const std::string& path) {
  const auto text = node::read_private_file(path, kFileBytesMax);
  if (!text) return fail(text.error().code, fmt::format("authority: {}", text.error().detail));
  const auto seed = node::parse_authority_text(*text);
  if (!seed) {
    return fail(ErrorCode::corrupted,
                fmt::format("authority: {} is no authority's file; `gossamer authority new FILE` "
                            "makes one",
                            path));
  }
  return wire::Identity::from_seed(*seed);
}

}  // namespace

Result<std::string> write_new_authority_file(const std::string& path) {
  node::AuthoritySeed seed{};
  // So that the secret, given by mistake where a public key belongs, is never taken for one.
  do {
    const Bytes drawn = node::draw_random_bytes(seed.size());
    std::copy(drawn.begin(), drawn.end(), seed.begin());
  } while (wire::is_public_key(seed));
  return node::create_private_file(path, node::authority_text(seed)).map([&] {
    return node::public_key_text(wire::Identity::from_seed(seed).public_key());
  });
}

Result<std::string> read_authority_public_key(const std::string& path) {
  return read_authority(path).map([](const wire::Identity& authority) {
    return node::public_key_text(authority.public_key());
  });
}

Result<std::string> admit_node(const std::string& authority_path, std::string_view node_public_key,
                               std::string_view cluster, std::int64_t not_after_unix_s) {
  const auto key = node::parse_public_key(node_public_key);
  if (!key) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("admission: {} is no node's public key, 64 hex digits; `gossamer "
                            "identity DATA` prints it",
                            node::quoted_key_text(node_public_key)));
  }
  if (cluster.empty() || cluster.size() > kClusterBytesMax || not_after_unix_s < 0) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("admission: the cluster's name has {} bytes and must have 1 to {}, and "
                            "the end is {} and must not be negative",
                            cluster.size(), kClusterBytesMax, not_after_unix_s));
  }
  return read_authority(authority_path).map([&](const wire::Identity& authority) {
    return node::admission_text(wire::sign_admission(authority, *key, cluster,
                                                     static_cast<std::uint64_t>(not_after_unix_s)));
  });
}

Result<std::string> read_admission_file(const std::string& path) {
  const auto bytes = store::read_small_file(path, kFileBytesMax);
  if (!bytes) return fail(bytes.error().code, fmt::format("admission: {}", bytes.error().detail));
  if (!node::parse_admission_text(as_text(*bytes))) {
    return fail(
        ErrorCode::corrupted,
        fmt::format("admission: {} holds none; `gossamer authority admit` prints one", path));
  }
  return to_text(*bytes);
}

Result<NodeIdentity> find_node_identity(const std::string& data_directory) {
  return store::find_identity(data_directory).map([](const auto& seed) {
    const wire::Identity identity = wire::Identity::from_seed(seed);
    return NodeIdentity{identity.id(), node::public_key_text(identity.public_key())};
  });
}

}  // namespace gossamer
