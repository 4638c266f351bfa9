#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fakecloud/connection_socket.hpp"
#include "fakecloud/message.hpp"

namespace gossamer::fakecloud {

inline constexpr std::size_t kHeadBytesMax = 65'536;
inline constexpr std::size_t kTargetBytesMax = 16'384;
inline constexpr std::size_t kHeadersMax = 128;
/// Of one PUT, as S3 has it.
inline constexpr std::uint64_t kBodyBytesMax = 5ULL << 30;

/// Reads HTTP/1.1 requests off one connection, one after the other.
class RequestReader {
 public:
  enum class End : std::uint8_t {
    request,    ///< There is one.
    closed,     ///< None comes any more.
    malformed,  ///< What came is no HTTP, or over a bound of its head.
    too_large,  ///< Its body is over 5 GiB, or over what is left of the quota. The body is not
                ///< read.
  };
  RequestReader(ConnectionSocket& socket, std::shared_ptr<Quota> quota)
      : socket_(socket), quota_(std::move(quota)) {}

  End read(Request& request);

 private:
  bool fill();
  End read_head(Request& request);
  End read_body(Request& request);
  End read_sized(std::uint64_t size, HeldBytes& body);
  End read_chunks(HeldBytes& body);
  bool read_line(std::string& line);
  bool append(std::uint64_t size, Bytes& to);

  ConnectionSocket& socket_;
  std::shared_ptr<Quota> quota_;
  std::string ahead_{};  ///< Read, and not yet used.
};

}  // namespace gossamer::fakecloud
