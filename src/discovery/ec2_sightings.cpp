#include "discovery/ec2_sightings.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "discovery/machine_address.hpp"
#include "transport/socket_address.hpp"

namespace gossamer {
namespace {

using State = Sighting::State;

/// For a person: cut, and without what a terminal would obey.
std::string quoted(std::string_view text) {
  constexpr std::size_t kShownMax = 64;
  const bool is_cut = text.size() > kShownMax;
  std::string shown{text.substr(0, kShownMax)};
  // Not in the middle of a character.
  while (is_cut && (static_cast<unsigned char>(text[shown.size()]) & 0xc0U) == 0x80U) {
    shown.pop_back();
  }
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return fmt::format("'{}{}'", shown, is_cut ? ".." : "");
}

std::optional<std::string> tag_of(const aws::Ec2Instance& instance, const std::string& name) {
  const auto at = instance.tags.find(name);
  if (at == instance.tags.end()) return std::nullopt;
  return at->second;
}

/// Either the text, or why there is none.
struct Choice {
  std::string text{};
  std::string why_not{};
};

/// In the one spelling that endpoints are compared in. `family`: AF_UNSPEC is either.
Choice canonical_address(const std::string& text, int family, const std::string& what) {
  const auto refuse = [&](std::string_view why) {
    return Choice{{}, fmt::format("{} {}, which {}", what, quoted(text), why)};
  };
  const auto address = to_socket_address(Endpoint{text, 1});
  if (!address) return refuse("is no numeric address");
  std::string canonical = to_endpoint(*address).address;
  // An IPv4 address may be written as an IPv6 one.
  const bool is_v4 = canonical.find(':') == std::string::npos;
  if (family == AF_INET && !is_v4) return refuse("is no IPv4 address");
  if (family == AF_INET6 && is_v4) return refuse("is no IPv6 address");
  const std::string_view why = why_no_machine(*address);
  if (!why.empty()) return refuse(why);
  return {std::move(canonical), {}};
}

Choice choose_address(const aws::Ec2Instance& instance, const Ec2Url& url) {
  using Kind = Ec2Url::AddressKind;
  const auto attribute = [](const std::string& text, int family, std::string_view what) {
    if (text.empty()) return Choice{{}, fmt::format("has no {}", what)};
    return canonical_address(text, family, fmt::format("{} is", what));
  };
  switch (url.address) {
    case Kind::private_v4: return attribute(instance.private_v4, AF_INET, "private IPv4 address");
    case Kind::private_v6: return attribute(instance.ipv6, AF_INET6, "IPv6 address");
    case Kind::public_v4: return attribute(instance.public_v4, AF_INET, "public IPv4 address");
    case Kind::tag: break;
  }
  const auto tag = tag_of(instance, url.address_tag);
  if (!tag) return {{}, fmt::format("has no address tag {}", quoted(url.address_tag))};
  return canonical_address(*tag, AF_UNSPEC,
                           fmt::format("address tag {} is", quoted(url.address_tag)));
}

/// 0 with the reason in `*why_not` if none can be told.
std::uint16_t choose_port(const aws::Ec2Instance& instance, const Ec2Url& url,
                          std::string* why_not) {
  if (url.port_tag.empty()) return url.port;
  const auto tag = tag_of(instance, url.port_tag);
  if (!tag) {
    *why_not = fmt::format("has no port tag {}", quoted(url.port_tag));
    return 0;
  }
  std::uint16_t port = 0;
  const char* const end = tag->data() + tag->size();
  const auto [stop, error] = std::from_chars(tag->data(), end, port);
  if (error == std::errc{} && stop == end && port != 0) return port;
  *why_not = fmt::format("port tag {} is {}, which is no number from 1 to 65535",
                         quoted(url.port_tag), quoted(*tag));
  return 0;
}

/// Why a machine in this state is no seed; empty if it may be one.
std::string set_state(const std::string& name, const Ec2Url& url, State* state) {
  if (name == "running") {
    *state = State::running;
    return url.takes_running ? "" : "is running";
  }
  if (name == "pending") {
    *state = State::starting;
    return url.takes_pending ? "" : "is pending";
  }
  if (name == "stopping" || name == "stopped") {
    *state = State::stopping;
    return "is " + name;
  }
  // From shutting-down there is no way back.
  if (name == "shutting-down" || name == "terminated") {
    *state = State::gone;
    return "is " + name;
  }
  *state = State::stopping;
  return fmt::format("is in the state {}, which is not known here", quoted(name));
}

Sighting sighting_of(const aws::Ec2Instance& instance, const Ec2Url& url,
                     std::string_view own_machine, const LastEndpoints& last) {
  Sighting sighting;
  sighting.machine = instance.id;
  sighting.zone = instance.zone;
  sighting.left_out = set_state(instance.state, url, &sighting.state);
  Choice address = choose_address(instance, url);
  std::string why_not = std::move(address.why_not);
  std::uint16_t port = 0;
  if (why_not.empty()) port = choose_port(instance, url, &why_not);
  if (why_not.empty()) {
    sighting.endpoint = Endpoint{std::move(address.text), port};
  } else if (sighting.state == State::gone) {
    const auto at = last.find(instance.id);
    if (at != last.end()) sighting.endpoint = at->second;
  }
  if (sighting.left_out.empty()) sighting.left_out = std::move(why_not);
  if (!own_machine.empty() && instance.id == own_machine) sighting.left_out = "this machine";
  return sighting;
}

}  // namespace

std::vector<Sighting> sightings_of(const std::vector<aws::Ec2Instance>& instances,
                                   const Ec2Url& url, std::string_view own_machine,
                                   const LastEndpoints& last) {
  std::vector<Sighting> all;
  all.reserve(instances.size());
  std::map<Endpoint, std::string> holders;
  for (const aws::Ec2Instance& instance : instances) {
    Sighting sighting = sighting_of(instance, url, own_machine, last);
    if (sighting.endpoint && sighting.state != State::gone) {
      const auto [at, is_first] = holders.try_emplace(*sighting.endpoint, sighting.machine);
      if (!is_first && sighting.left_out.empty()) {
        sighting.left_out = fmt::format("has the same address as {}", at->second);
      }
    }
    all.push_back(std::move(sighting));
  }
  // Addresses are given out again: who has one now must not pay for who had it before.
  for (Sighting& sighting : all) {
    if (sighting.state != State::gone || !sighting.endpoint) continue;
    if (holders.count(*sighting.endpoint) == 1) sighting.endpoint.reset();
  }
  return all;
}

std::vector<Endpoint> seeds_of(const std::vector<Sighting>& sightings) {
  std::vector<Endpoint> seeds;
  for (const Sighting& sighting : sightings) {
    if (sighting.left_out.empty() && sighting.endpoint) seeds.push_back(*sighting.endpoint);
  }
  return seeds;
}

}  // namespace gossamer
