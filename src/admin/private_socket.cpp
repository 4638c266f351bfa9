#include "admin/private_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace gossamer::admin {
namespace {

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the path of the admin socket has {} bytes; it must have 1 to {}: '{}'",
                            path.size(), sizeof(address.sun_path) - 1, path));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool is_served(const sockaddr_un& address) {
  const FileDescriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!probe.is_open()) return false;
  const int rc =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  return rc == 0 || errno == EAGAIN;  // A full backlog is somebody's backlog.
}

Result<void> clear_the_way(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return fail(ErrorCode::already_exists,
                fmt::format("admin socket {}: there is a file that is not a socket", path));
  }
  if (is_served(address)) {
    return fail(ErrorCode::already_exists,
                fmt::format("admin socket {}: another node serves there", path));
  }
  ::unlink(path.c_str());
  return {};
}

}  // namespace

Result<FileDescriptor> listen_privately(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  if (auto cleared = clear_the_way(path, *address); !cleared) {
    return tl::unexpected(cleared.error());
  }
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const auto failed = [&](const char* what) {
    return fail(ErrorCode::io,
                fmt::format("admin socket {}: {}: {}", path, what, std::strerror(errno)));
  };
  if (!socket.is_open()) return failed("socket");
  // Linux gives the file the mode of the unbound socket, so there is no moment at which it is open.
  if (::fchmod(socket.get(), 0600) != 0) return failed("fchmod");
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    return failed("bind");
  }
  if (::listen(socket.get(), 64) != 0) return failed("listen");
  return socket;
}

}  // namespace gossamer::admin
