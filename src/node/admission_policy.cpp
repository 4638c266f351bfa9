#include "node/admission_policy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "node/admission_text.hpp"

namespace gossamer::node {
namespace {

constexpr std::size_t kAllowedNodesMax = 10'000;
constexpr std::size_t kAuthoritiesMax = 4;

tl::unexpected<Error> refused(std::string_view field, std::string_view text,
                              std::string_view must) {
  return fail(ErrorCode::invalid_argument,
              fmt::format("admission.{}: {} must be {}", field, quoted_key_text(text), must));
}

Result<void> check_count(std::string_view field, std::size_t count, std::size_t most) {
  if (count <= most) return {};
  return fail(
      ErrorCode::invalid_argument,
      fmt::format("admission.{} has {} items; at most {} are possible", field, count, most));
}

/// How a person gets a good one.
std::string way_out(const wire::Identity& self, const std::string& cluster) {
  return fmt::format(
      "with the authority's file say `gossamer authority admit --authority FILE --cluster '{}' "
      "--days 90 {}`, and start this node with what it prints",
      cluster, public_key_text(self.public_key()));
}

tl::unexpected<Error> inadmissible(std::string_view why, const wire::Identity& self,
                                   const std::string& cluster) {
  return fail(ErrorCode::permission_denied,
              fmt::format("this node's admission {}: {}", why, way_out(self, cluster)));
}

}  // namespace

Result<driver::AdmissionPolicy> admission_policy(const AdmissionOptions& options) {
  if (auto ok = check_count("allowed_nodes", options.allowed_nodes.size(), kAllowedNodesMax); !ok) {
    return tl::unexpected(ok.error());
  }
  if (auto ok = check_count("authorities", options.authorities.size(), kAuthoritiesMax); !ok) {
    return tl::unexpected(ok.error());
  }
  driver::AdmissionPolicy policy;
  for (const std::string& text : options.allowed_nodes) {
    if (const auto id = parse_node_id(text)) {
      policy.allowed_nodes.insert(*id);
    } else if (const auto key = parse_public_key(text)) {
      policy.allowed_nodes.insert(wire::node_id_of(*key));
    } else {
      return refused("allowed_nodes", text, "a node's id (32 hex digits) or public key (64)");
    }
  }
  for (const std::string& text : options.authorities) {
    const auto key = parse_public_key(text);
    if (!key) {
      return refused("authorities", text,
                     "an authority's public key, 64 hex digits, as `gossamer authority show FILE` "
                     "prints it");
    }
    policy.authorities.push_back(*key);
  }
  if (!options.own.empty() && !parse_admission_text(options.own)) {
    return fail(ErrorCode::invalid_argument,
                "admission.own is not what `gossamer authority admit` prints");
  }
  return policy;
}

Result<Bytes> own_admission(const AdmissionOptions& options, const driver::AdmissionPolicy& policy,
                            const wire::Identity& self, const std::string& cluster,
                            std::uint64_t wall_ms) {
  const auto& known = policy.authorities;
  const auto given = parse_admission_text(options.own);
  if (!given) {
    if (!policy.is_on() || policy.allowed_nodes.contains(self.id())) return Bytes{};
    if (known.empty()) {
      return fail(
          ErrorCode::permission_denied,
          fmt::format(
              "this node, {}, is not on its own list of nodes, so others that have the list do "
              "not hear it: add it there, on all of them",
              to_string(self.id())));
    }
    return inadmissible("is missing, and others that have its authorities will ask for it", self,
                        cluster);
  }
  if (!wire::verify_admission(*given, self.public_key(), cluster)) {
    return inadmissible(
        fmt::format("was given to another node or for another cluster than '{}', or was altered",
                    cluster),
        self, cluster);
  }
  if (given->has_ended(wall_ms)) {
    return inadmissible(
        fmt::format("has ended {} h ago", (wall_ms / 1000 - given->not_after_s) / 3600), self,
        cluster);
  }
  if (!known.empty() && std::find(known.begin(), known.end(), given->authority) == known.end()) {
    return inadmissible(fmt::format("is by {}, which is none of this node's authorities",
                                    public_key_text(given->authority)),
                        self, cluster);
  }
  return wire::encode_admission(*given);
}

}  // namespace gossamer::node

namespace gossamer {

Result<void> AdmissionOptions::validate() const {
  return node::admission_policy(*this).map([](const driver::AdmissionPolicy&) {});
}

}  // namespace gossamer
