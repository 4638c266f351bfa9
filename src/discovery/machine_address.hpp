#pragma once

#include <string_view>

#include "transport/socket_address.hpp"

namespace gossamer {

/// Why no machine that others could reach is at an address, for a person, as `is link-local`; empty
/// if one may be. Loopback is not refused: clusters on one machine are tried by it.
///
/// A tag or a name server says what somebody wrote there; without this it would have the cluster
/// send datagrams to the instance metadata service, or to everybody in the network.
std::string_view why_no_machine(const SocketAddress& address);

}  // namespace gossamer
