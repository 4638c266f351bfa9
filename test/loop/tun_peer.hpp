#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "transport/file_descriptor.hpp"

namespace gossamer::test {

/// What is at the other end of a wire: it reads the packets of connections and answers as a peer, a
/// router or a firewall would.
class TunPeer {
 public:
  enum class Answer : std::uint8_t {
    nothing,
    reset,
    port_closed,
    host_unreachable,
    prohibited,
    takes
  };

  /// The wire's name is `wire`. Whether it could be made.
  bool open() {
    device_ = FileDescriptor{::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    ifreq request{};
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    std::strncpy(request.ifr_name, "wire", IFNAMSIZ - 1);
    return device_.is_open() && ioctl(device_.get(), TUNSETIFF, &request) == 0;
  }
  void set_answer(Answer answer) { answer_ = answer; }

  void answer_all() {
    std::array<std::uint8_t, 2048> packet{};
    for (;;) {
      const ssize_t count = read(device_.get(), packet.data(), packet.size());
      if (count <= 0) return;
      if (count < static_cast<ssize_t>(sizeof(iphdr) + sizeof(tcphdr))) continue;
      if (packet[0] != 0x45 || packet[9] != IPPROTO_TCP) continue;
      std::memcpy(&ip_, packet.data(), sizeof(ip_));
      std::memcpy(&tcp_, packet.data() + sizeof(ip_), sizeof(tcp_));
      if (tcp_.syn != 0) answer_connect();
    }
  }
  /// Ends the connection that was taken last.
  void forge_reset() { send_tcp(kFirst + 1, ntohl(tcp_.seq) + 1, true, false); }

 private:
  static constexpr std::uint32_t kFirst = 1000;

  void answer_connect() {
    switch (answer_) {
      case Answer::nothing: return;
      case Answer::reset: return send_tcp(0, ntohl(tcp_.seq) + 1, true, false);
      case Answer::takes: return send_tcp(kFirst, ntohl(tcp_.seq) + 1, false, true);
      case Answer::port_closed: return send_icmp(ICMP_PORT_UNREACH);
      case Answer::host_unreachable: return send_icmp(ICMP_HOST_UNREACH);
      case Answer::prohibited: return send_icmp(ICMP_PKT_FILTERED);
    }
  }

  static std::uint16_t checksum(const std::vector<std::uint8_t>& bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
      sum += static_cast<std::uint32_t>(bytes[i]) << 8 | (i + 1 < bytes.size() ? bytes[i + 1] : 0U);
    }
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return htons(static_cast<std::uint16_t>(~sum & 0xffff));
  }
  template <class T>
  static void append(std::vector<std::uint8_t>& bytes, const T& value) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(&value);
    bytes.insert(bytes.end(), first, first + sizeof(value));
  }

  void send(std::uint8_t protocol, const std::vector<std::uint8_t>& body) {
    iphdr ip{};
    ip.version = 4;
    ip.ihl = 5;
    ip.ttl = 64;
    ip.protocol = protocol;
    ip.tot_len = htons(static_cast<std::uint16_t>(sizeof(ip) + body.size()));
    ip.saddr = ip_.daddr;
    ip.daddr = ip_.saddr;
    std::vector<std::uint8_t> bytes;
    append(bytes, ip);
    ip.check = checksum(bytes);
    bytes.clear();
    append(bytes, ip);
    bytes.insert(bytes.end(), body.begin(), body.end());
    (void)!write(device_.get(), bytes.data(), bytes.size());
  }

  void send_tcp(std::uint32_t seq, std::uint32_t ack, bool is_reset, bool is_syn) {
    tcphdr tcp{};
    tcp.source = tcp_.dest;
    tcp.dest = tcp_.source;
    tcp.seq = htonl(seq);
    tcp.ack_seq = htonl(ack);
    tcp.doff = 5;
    tcp.ack = 1;
    tcp.rst = is_reset ? 1 : 0;
    tcp.syn = is_syn ? 1 : 0;
    tcp.window = htons(60'000);
    std::vector<std::uint8_t> summed;
    append(summed, ip_.daddr);
    append(summed, ip_.saddr);
    append(summed, htons(IPPROTO_TCP));
    append(summed, htons(sizeof(tcp)));
    append(summed, tcp);
    tcp.check = checksum(summed);
    std::vector<std::uint8_t> body;
    append(body, tcp);
    send(IPPROTO_TCP, body);
  }

  void send_icmp(std::uint8_t code) {
    icmphdr icmp{};
    icmp.type = ICMP_DEST_UNREACH;
    icmp.code = code;
    std::vector<std::uint8_t> body;
    const auto write_all = [&] {
      body.clear();
      append(body, icmp);
      append(body, ip_);
      append(body, tcp_);
    };
    write_all();
    icmp.checksum = checksum(body);
    write_all();
    send(IPPROTO_ICMP, body);
  }

  FileDescriptor device_{};
  Answer answer_ = Answer::nothing;
  iphdr ip_{};  ///< Of the packet that was read last.
  tcphdr tcp_{};
};

}  // namespace gossamer::test
