// What the admin socket answers about keys. A key goes in, none ever comes out.

#include <fmt/format.h>

#include <algorithm>

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
  if (added) return answer_key(client, *added, {});
  wire::ClusterKey asked;
  if (key.size() != asked.bytes.size()) return answer_error(client, added.error());
  std::copy(key.begin(), key.end(), asked.bytes.begin());
  answer_key(client, asked.id(), tl::unexpected(added.error()));
}

void AdminRequests::answer_key(admin::ClientId client, std::uint32_t id,
                               const Result<void>& changed) {
  // What is so already is what was asked for: a script may repeat itself.
  const bool is_so = !changed && changed.error().code == ErrorCode::already_exists;
  if (!changed && !is_so) return answer_error(client, changed.error());
  answer_ok(client, "id", fmt::format("{:08x}", id));
}

}  // namespace gossamer::node
