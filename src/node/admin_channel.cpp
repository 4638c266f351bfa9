#include "gossamer/admin_channel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "admin/channel.hpp"
#include "base/hash.hpp"
#include "node/private_file.hpp"

namespace gossamer {
namespace {

constexpr std::size_t kTokenBytesMin = 32;
constexpr std::size_t kTokenBytesMax = 1024;
constexpr std::size_t kDrawnBytes = 32;

}  // namespace

Result<void> write_new_admin_token_file(const std::string& path) {
  return node::create_private_file(
      path, fmt::format("{}\n", to_hex(node::draw_random_bytes(kDrawnBytes))));
}

Result<std::string> read_admin_token_file(const std::string& path) {
  auto text = node::read_private_file(path, kTokenBytesMax + 2);
  if (!text) return fail(text.error().code, fmt::format("admin token: {}", text.error().detail));
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (const auto checked = check_admin_token(*text); !checked) {
    return fail(ErrorCode::corrupted,
                fmt::format("{} holds no admin token: {}", path, checked.error().detail));
  }
  return std::move(*text);
}

Result<void> check_admin_token(std::string_view token) {
  const bool is_printable =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (is_printable && token.size() >= kTokenBytesMin && token.size() <= kTokenBytesMax) return {};
  return fail(
      ErrorCode::invalid_argument,
      fmt::format("an admin token has {} to {} printable characters and no space; `gossamer "
                  "admin-token new FILE` makes one",
                  kTokenBytesMin, kTokenBytesMax));
}

struct AdminChannel::State {
  admin::ClientEnd end;
};

AdminChannel::AdminChannel(std::string_view token)
    : state_(new State{admin::ClientEnd{admin::token_key(token)}}) {}
AdminChannel::~AdminChannel() = default;
AdminChannel::AdminChannel(AdminChannel&& other) noexcept = default;
AdminChannel& AdminChannel::operator=(AdminChannel&& other) noexcept = default;

Result<AdminChannel::Taken> AdminChannel::take(std::string_view bytes) {
  Taken taken;
  switch (state_->end.take(bytes, taken.text, taken.to_send)) {
    case admin::ClientEnd::Step::taken: return taken;
    case admin::ClientEnd::Step::refused:
      return fail(ErrorCode::permission_denied,
                  "the node refuses: it has another admin token, its --allow does not hold this "
                  "address, or it was tried too often from here; then wait a minute");
    case admin::ClientEnd::Step::foreign: break;
  }
  return fail(ErrorCode::corrupted,
              "what answers is no node's admin endpoint, or what it said was altered on its way");
}

bool AdminChannel::is_admitted() const {
  return state_->end.is_admitted();
}

Result<std::string> AdminChannel::seal(std::string_view text) {
  if (is_admitted()) return state_->end.seal(text);
  return fail(ErrorCode::unavailable, "the node has not let us in yet");
}

}  // namespace gossamer
