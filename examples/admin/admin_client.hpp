#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "gossamer/result.hpp"

namespace gossamer::examples {

using Json = nlohmann::ordered_json;

/// Asks a running node over its admin socket, one JSON object a line. Blocks.
class AdminClient {
 public:
  using Milliseconds = std::chrono::milliseconds;

  /// Errors: unavailable (nobody serves there), io.
  static Result<AdminClient> connect(const std::string& path);
  AdminClient(AdminClient&& other) noexcept;
  AdminClient& operator=(AdminClient&& other) noexcept;
  ~AdminClient();

  /// The answer, which has `"ok": true`. Errors: timed_out, unavailable, and what the node answered.
  Result<Json> ask(const Json& request, Milliseconds timeout = Milliseconds{10'000});

  /// The next line of a stream; nothing if the node hung up. Errors: timed_out, unavailable.
  /// Without a timeout it waits for ever.
  Result<std::optional<std::string>> next_line(std::optional<Milliseconds> timeout = std::nullopt);
  Result<void> send(const Json& request);

  int descriptor() const { return descriptor_; }

 private:
  explicit AdminClient(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_ = -1;
  std::string input_{};
};

/// connect and ask in one go.
Result<Json> ask_node(const std::string& path, const Json& request,
                      AdminClient::Milliseconds timeout = AdminClient::Milliseconds{10'000});

}  // namespace gossamer::examples
