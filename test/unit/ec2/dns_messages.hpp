#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "gossamer/bytes.hpp"

namespace gossamer::test {

/// Writes DNS messages byte by byte, as RFC 1035 and 2782 say.
class DnsMessage {
 public:
  DnsMessage(std::uint16_t answers, std::uint16_t additional) {
    numbers({0x1234, 0x8180, 1, answers, 0, additional});
  }
  DnsMessage& numbers(std::initializer_list<int> all) {
    for (const int number : all) {
      bytes_.push_back(static_cast<std::uint8_t>(number >> 8));
      bytes_.push_back(static_cast<std::uint8_t>(number));
    }
    return *this;
  }
  DnsMessage& raw(std::initializer_list<int> all) {
    for (const int byte : all) bytes_.push_back(static_cast<std::uint8_t>(byte));
    return *this;
  }
  DnsMessage& name(std::initializer_list<std::string_view> labels) {
    for (const std::string_view label : labels) {
      bytes_.push_back(static_cast<std::uint8_t>(label.size()));
      bytes_.insert(bytes_.end(), label.begin(), label.end());
    }
    bytes_.push_back(0);
    return *this;
  }
  /// A pointer to the question's name.
  DnsMessage& same_name() { return raw({0xc0, 12}); }
  /// Type, class IN, a time to live of one minute, and the length of the data.
  DnsMessage& record(int type, int length) { return numbers({type, 1, 0, 60, length}); }
  Bytes bytes() const { return bytes_; }

 private:
  Bytes bytes_{};
};

/// An alias, an A and an AAAA record.
inline Bytes address_message() {
  DnsMessage message{3, 0};
  message.name({"node", "example"}).numbers({1, 1});
  message.same_name().record(5, 6).name({"real"}).raw({});
  message.name({"real"}).record(1, 4).raw({10, 0, 0, 1});
  message.name({"real"}).record(28, 16).raw(
      {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  return message.bytes();
}

/// Two SRV records, the second of which says that there is no service, and a target's address.
inline Bytes service_message() {
  DnsMessage message{2, 1};
  message.name({"_g", "_tcp", "example"}).numbers({33, 1});
  message.same_name().record(33, 22).numbers({0, 0, 7001}).name({"Node-A", "example"});
  message.same_name().record(33, 7).numbers({0, 0, 7002}).name({});
  message.name({"node-a", "EXAMPLE"}).record(1, 4).raw({10, 0, 0, 7});
  return message.bytes();
}

}  // namespace gossamer::test
