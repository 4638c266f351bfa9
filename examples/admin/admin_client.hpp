#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gossamer/admin_channel.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"

namespace gossamer::examples {

using Json = nlohmann::ordered_json;

/// Where a running node answers: the path of its admin socket, or ADDRESS:PORT with the token.
struct AdminPlace {
  // A path is all that it takes on the node's own machine.
  AdminPlace(std::string path) : at(std::move(path)) {}  // NOLINT(google-explicit-constructor)
  AdminPlace(std::string address, std::string with_token)
      : at(std::move(address)), token(std::move(with_token)) {}

  std::string at;
  std::string token{};  ///< Empty: `at` is a path.
};

/// Asks a running node over one of its admin endpoints, one JSON object a line. Blocks.
class AdminClient {
 public:
  using Milliseconds = std::chrono::milliseconds;

  /// Errors: unavailable (nobody serves there, or it is silent), permission_denied (another token),
  /// corrupted (no node's endpoint), invalid_argument, io.
  static Result<AdminClient> connect(const AdminPlace& place);
  AdminClient(AdminClient&& other) noexcept;
  AdminClient& operator=(AdminClient&& other) noexcept;
  ~AdminClient();

  /// The answer, which has `"ok": true`. Errors: timed_out, unavailable, and what the node
  /// answered.
  Result<Json> ask(const Json& request, Milliseconds timeout = Milliseconds{10'000});

  /// The next line of a stream; nothing if the node hung up. Errors: timed_out, unavailable.
  /// Without a timeout it waits for ever.
  Result<std::optional<std::string>> next_line(std::optional<Milliseconds> timeout = std::nullopt);
  Result<void> send(const Json& request);

  int descriptor() const { return descriptor_; }

 private:
  explicit AdminClient(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  static Result<AdminClient> connect_to_socket(const std::string& path);
  static Result<AdminClient> connect_by_tcp(const AdminPlace& place);
  Result<void> be_admitted();
  Result<void> send_bytes(std::string_view bytes);
  enum class Read : unsigned char { some, ended, nothing };
  /// Waits until `deadline`, or for ever.
  Result<Read> read_some(std::optional<std::chrono::steady_clock::time_point> deadline);

  std::string path_;
  int descriptor_ = -1;
  std::string input_{};
  std::optional<AdminChannel> channel_{};  ///< By TCP.
};

/// connect and ask in one go.
Result<Json> ask_node(const AdminPlace& place, const Json& request,
                      AdminClient::Milliseconds timeout = AdminClient::Milliseconds{10'000});

}  // namespace gossamer::examples
