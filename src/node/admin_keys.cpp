// What the admin socket answers about keys. A key goes in, none ever comes out.

#include <fmt/format.h>

#include "node/admin_requests.hpp"
#include "node/private_file.hpp"
#include "node/shell.hpp"

namespace gossamer::node {
namespace {

constexpr std::size_t kKeyBytes = 32;

Json json_of(const KeyStatus& key) {
  return {{"id", fmt::format("{:08x}", key.id)},
          {"primary", key.is_primary},
          {"held_by", key.held_by},
          {"used_by", key.used_by},
          {"lacking", key.lacking}};
}

Result<std::uint32_t> key_id_of(const Json& request) {
  const auto at = request.find("id");
  if (at != request.end() && at->is_string()) {
    const auto bytes = parse_hex(at->get_ref<const std::string&>(), sizeof(std::uint32_t));
    if (bytes) {
      std::uint32_t id = 0;
      for (const std::uint8_t byte : *bytes) id = id << 8U | byte;
      return id;
    }
  }
  return fail(ErrorCode::invalid_argument, "'id' must be the 8 hex digits of a key's id");
}

}  // namespace

void AdminRequests::list_keys(admin::ClientId client) {
  Json list = Json::array();
  for (const KeyStatus& key : shell_.keys()) list.push_back(json_of(key));
  server_->respond(client, to_line(Json{{"ok", true},
                                        {"live_members", shell_.members().live_count()},
                                        {"keys", std::move(list)}}));
}

void AdminRequests::add_key(admin::ClientId client, const Json& request) {
  const auto at = request.find("key");
  const auto key = at != request.end() && at->is_string()
                       ? parse_hex(at->get_ref<const std::string&>(), kKeyBytes)
                       : tl::make_unexpected(Error{});
  if (!key) {
    return answer_error(client,
                        {ErrorCode::invalid_argument, "'key' must be a key's 64 hex digits"});
  }
  const auto added = shell_.add_key(as_text(*key));
  if (!added) return answer_error(client, added.error());
  answer_ok(client, "id", fmt::format("{:08x}", *added));
}

void AdminRequests::change_keys(admin::ClientId client, const Json& request, bool is_removal) {
  const auto id = key_id_of(request);
  if (!id) return answer_error(client, id.error());
  const auto changed = is_removal ? shell_.remove_key(*id) : shell_.use_key(*id);
  if (!changed) return answer_error(client, changed.error());
  answer_ok(client, "id", fmt::format("{:08x}", *id));
}

}  // namespace gossamer::node
