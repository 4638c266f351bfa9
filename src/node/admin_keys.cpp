// What the admin socket answers about keys. A key goes in, none ever comes out.

#include <fmt/format.h>

#include "node/admin_requests.hpp"
#include "node/shell.hpp"

namespace gossamer::node {
namespace {

Json json_of(const KeyStatus& key) {
  return {{"id", fmt::format("{:08x}", key.id)},
          {"primary", key.is_primary},
          {"held_by", key.held_by},
          {"used_by", key.used_by},
          {"lacking", key.lacking}};
}

}  // namespace

void AdminRequests::list_keys(admin::ClientId client) {
  Json list = Json::array();
  for (const KeyStatus& key : shell_.keys()) list.push_back(json_of(key));
  server_->respond(client, to_line(Json{{"ok", true},
                                        {"live_members", shell_.members().live_count()},
                                        {"keys", std::move(list)}}));
}

void AdminRequests::add_key(admin::ClientId client, std::string_view key) {
  const auto added = shell_.add_key(key);
  if (!added) return answer_error(client, added.error());
  answer_key(client, *added, {});
}

void AdminRequests::answer_key(admin::ClientId client, std::uint32_t id,
                               const Result<void>& changed) {
  if (!changed) return answer_error(client, changed.error());
  answer_ok(client, "id", fmt::format("{:08x}", id));
}

}  // namespace gossamer::node
