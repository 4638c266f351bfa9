#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gossamer/result.hpp"

namespace gossamer {

/// Draws an admin token and writes it to a new file that only its owner may read (0600).
/// Errors: already_exists, io.
Result<void> write_new_admin_token_file(const std::string& path);

/// The token in a file: 32 to 1024 bytes of printable text without spaces, and the end of its line.
/// Errors: not_found, io, permission_denied (others may read it), corrupted (no token).
Result<std::string> read_admin_token_file(const std::string& path);

/// Whether a text can be a token. Errors: invalid_argument, which does not show it.
Result<void> check_admin_token(std::string_view token);

/// The client's end of a connection to NodeOptions::admin_listen, without a socket: the caller
/// gives it what comes, and sends what it says. First it shows that it has the token, without
/// telling it; then lines go both ways, sealed, as they go in clear over the Unix socket.
///
/// **Threads**: a value, used by one thread at a time. **Lifetime**: one for each connection.
class AdminChannel {
 public:
  explicit AdminChannel(std::string_view token);
  ~AdminChannel();
  AdminChannel(AdminChannel&& other) noexcept;
  AdminChannel& operator=(AdminChannel&& other) noexcept;

  struct Taken {
    std::string text{};     ///< What the node said.
    std::string to_send{};  ///< As it is, at once.
  };
  /// What has come from the socket. After an error nothing more can be read.
  /// Errors: permission_denied (the node refused: another token, or too many tries), corrupted (who
  /// answers is no node's admin endpoint, or what it said was altered).
  Result<Taken> take(std::string_view bytes);

  /// Whether the node has let us in. Before that, nothing can be said.
  bool is_admitted() const;
  /// `text` as it is to be sent. Errors: unavailable (not admitted yet).
  Result<std::string> seal(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer
