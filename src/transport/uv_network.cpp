#include "transport/uv_network.hpp"

#include <utility>

namespace gossamer {

UvNetwork::UvNetwork(UvLoop& loop, const SocketAddress& address, Receiver& receiver,
                     const NetworkLimits& limits)
    : endpoint_(to_endpoint(address)),
      datagrams_(receiver, counters_),
      listener_(loop, clock_, receiver, peers_, limits, counters_),
      sender_(loop, clock_, address, limits, counters_),
      links_(loop, clock_, address, receiver, limits, counters_) {}

Result<std::unique_ptr<UvNetwork>> UvNetwork::open(UvLoop& loop, const Endpoint& bind,
                                                   Receiver& receiver,
                                                   const NetworkLimits& limits) {
  Result<BoundSockets> sockets = bind_sockets(bind);
  if (!sockets) return tl::unexpected(sockets.error());
  const SocketAddress address = sockets->address;
  std::unique_ptr<UvNetwork> network{new UvNetwork(loop, address, receiver, limits)};
  Result<void> opened =
      network->datagrams_.open(loop, std::move(sockets->datagram), address.family(), limits);
  if (opened) opened = network->listener_.open(std::move(sockets->stream));
  if (!opened) return tl::unexpected(opened.error());
  return network;
}

void UvNetwork::send_datagram(const Endpoint& to, ByteView bytes) {
  peers_.note(to.address);
  datagrams_.send(to, bytes);
}

void UvNetwork::send_frame(const Endpoint& to, Bytes bytes) {
  peers_.note(to.address);
  sender_.send(to, std::move(bytes));
}

void UvNetwork::watch(const Endpoint& peer) {
  peers_.note(peer.address);
  links_.watch(peer);
}

void UvNetwork::unwatch(const Endpoint& peer) {
  links_.unwatch(peer);
}

void UvNetwork::knock(const Endpoint& peer) {
  peers_.note(peer.address);
  links_.knock(peer);
}

std::size_t UvNetwork::poll_now(std::size_t datagrams_max) {
  if (datagrams_.is_reading() || listener_.is_reading()) return 0;
  const std::size_t count = datagrams_.read_now(datagrams_max);
  listener_.read_now();
  return count;
}

NetworkCounters UvNetwork::counters() const {
  NetworkCounters counters = counters_;
  counters.datagrams_lost_by_kernel = datagrams_.lost_by_kernel();
  return counters;
}

void UvNetwork::close() {
  datagrams_.close();
  listener_.close();
  sender_.close();
  links_.close();
}

}  // namespace gossamer
