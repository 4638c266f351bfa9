#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ec2_describe_instances.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// What an `ec2:` URL asks for:
/// `ec2:KEY=VALUE[|VALUE..][;KEY=VALUE..][?PARAMETER=VALUE[&..]]`.
///
/// An instance must have all the tags, each with one of its values; `*` and `?` in a value are
/// EC2's wildcards, and `?` ends the tags, so it is written `%3F`. Every part may be
/// percent-encoded, which is how `; | = ? & %` come into a tag.
struct Ec2Url {
  struct Tag {
    std::string key{};
    std::vector<std::string> values{};
  };
  enum class AddressKind : std::uint8_t { private_v4, private_v6, public_v4, tag };

  std::vector<Tag> tags{};
  std::string region{};    ///< Empty: that of the session.
  std::string endpoint{};  ///< Empty: EC2's own in the region.
  bool is_dual_stack = false;
  AddressKind address = AddressKind::private_v4;
  std::string address_tag{};  ///< For AddressKind::tag.
  std::uint16_t port = 7946;
  std::string port_tag{};  ///< Not empty: the port is in this tag.
  std::vector<std::string> zones{};
  std::vector<std::string> vpcs{};
  bool takes_pending = false;
  bool takes_running = true;
  std::chrono::seconds interval{60};
};

/// Errors: invalid_argument, which names the part and says what it may be. Credentials are refused
/// by name, and no error holds them.
Result<Ec2Url> parse_ec2_url(std::string_view after_scheme);

/// One for each tag, for the zones and for the VPCs; none for the state.
///
/// All states are asked for, and sorted out here: that an instance was terminated is what tells the
/// cluster at once that a silent member will not come back, and `is stopped` tells a person why a
/// machine is no seed. EC2 forgets terminated ones within the hour, so they cost little.
std::vector<aws::Ec2Filter> filters_of(const Ec2Url& url);

}  // namespace gossamer
