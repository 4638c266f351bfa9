#include "node/admin_requests.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "gossamer/version.hpp"
#include "node/shell.hpp"

namespace gossamer::node {
namespace {

constexpr std::size_t kMachinesMax = 5'000;

}  // namespace

template <class Place>
Result<std::unique_ptr<AdminRequests>> AdminRequests::open_at(UvLoop& loop, Place place,
                                                              Shell& shell) {
  std::unique_ptr<AdminRequests> requests{new AdminRequests{shell}};
  auto server = admin::Server::open(loop, std::move(place), *requests);
  if (!server) return tl::unexpected(server.error());
  requests->server_ = std::move(*server);
  return requests;
}

Result<std::unique_ptr<AdminRequests>> AdminRequests::open(UvLoop& loop, const std::string& path,
                                                           Shell& shell) {
  return open_at(loop, path, shell);
}

Result<std::unique_ptr<AdminRequests>> AdminRequests::open(UvLoop& loop, admin::DoorPlace place,
                                                           Shell& shell) {
  return open_at(loop, std::move(place), shell);
}

void AdminRequests::on_request(admin::ClientId client, std::string_view line) {
  // Another protocol's. Were its next lines looked at, what an HTTP request carries would be
  // obeyed.
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line[first] != '{') {
    const auto refused = parse_admin_request("");
    return server_->finish(client,
                           to_line(Json{{"ok", false}, {"error", json_of(refused.error())}}));
  }
  auto request = parse_admin_request(line);
  if (!request) return answer_error(client, request.error());
  answer(client, std::move(*request));
}

void AdminRequests::answer(admin::ClientId client, AdminRequest request) {
  const std::string& asked = request.request;
  if (asked == "status") return answer_ok(client, "status", status());
  if (asked == "members") return answer_ok(client, "members", members());
  if (asked == "services") return list_services(client);
  if (asked == "names") return answer_ok(client, "names", shell_.names());
  if (asked == "counters") return answer_ok(client, "counters", shell_.counters());
  if (asked == "seeds") {
    Json list = Json::array();
    for (const Endpoint& seed : shell_.seeds()) list.push_back(to_string(seed));
    return server_->respond(client, to_line(Json{{"ok", true},
                                                 {"seeds", std::move(list)},
                                                 {"machines", machines()},
                                                 {"problems", discovery_problems()}}));
  }
  if (asked == "resolve") return resolve(client, request.name);
  if (asked == "watch") return watch(client, request.name);
  if (asked == "events") return stream_events(client);
  if (asked == "deploy") {
    return shell_.deploy(std::move(request.spec), later<std::uint64_t>(client, "version"));
  }
  if (asked == "undeploy") {
    return shell_.undeploy(request.unit.service, later<void>(client, "undeployed"));
  }
  if (asked == "keys") return list_keys(client);
  if (asked == "keys_add") return add_key(client, request.key);
  if (asked == "keys_use")
    return answer_key(client, request.key_id, shell_.use_key(request.key_id));
  if (asked == "keys_remove") {
    return answer_key(client, request.key_id, shell_.remove_key(request.key_id));
  }
  GOSSAMER_ASSERT(asked == "freeze");
  shell_.freeze(request.unit, later<Sequence>(client, "sequence"));
}

void AdminRequests::answer_ok(admin::ClientId client, const char* key, Json value) {
  server_->respond(client, to_line(Json{{"ok", true}, {key, std::move(value)}}));
}

void AdminRequests::answer_error(admin::ClientId client, const Error& error) {
  server_->respond(client, to_line(Json{{"ok", false}, {"error", json_of(error)}}));
}

template <class T>
UniqueFunction<void(Result<T>)> AdminRequests::later(admin::ClientId client, const char* key) {
  return [weak = std::weak_ptr{self_}, client, key](Result<T> result) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (!result) return (*self)->answer_error(client, result.error());
    if constexpr (std::is_void_v<T>) {
      (*self)->answer_ok(client, key, true);
    } else {
      (*self)->answer_ok(client, key, *result);
    }
  };
}

Json AdminRequests::members() const {
  Json list = Json::array();
  for (const Member& member : shell_.members()) {
    list.push_back(json_of(member));
    const auto round_trip = shell_.mailbox()->round_trip(member.id);
    if (round_trip && member.id != shell_.id()) list.back()["round_trip_us"] = round_trip->count();
  }
  return list;
}

Json AdminRequests::machines() const {
  Json list = Json::array();
  for (const auto& [source, sightings] : shell_.sightings()) {
    for (const Sighting& sighting : sightings) {
      if (list.size() == kMachinesMax) return list;
      list.push_back(json_of(sighting));
      list.back()["source"] = source;
    }
  }
  return list;
}

Json AdminRequests::discovery_problems() const {
  Json list = Json::array();
  for (const SeedPoll::Problem& problem : shell_.discovery_problems()) {
    list.push_back({{"source", problem.source}, {"error", problem.error.detail}});
  }
  return list;
}

Json AdminRequests::status() const {
  return {{"id", to_string(shell_.id())},
          {"name", shell_.options().name},
          {"cluster", shell_.options().cluster},
          {"endpoint", to_string(shell_.endpoint())},
          {"live_members", shell_.members().live_count()},
          {"version", version()}};
}

void AdminRequests::list_services(admin::ClientId client) {
  Json list = Json::array();
  for (const ServiceStatus& service : shell_.services()) list.push_back(json_of(service));
  Json answer{{"ok", true}, {"services", std::move(list)}};
  // That there are none is not known, then.
  if (std::string reason = shell_.waits_for(); !reason.empty()) {
    answer["waiting"] = std::move(reason);
  }
  server_->respond(client, to_line(answer));
}

void AdminRequests::resolve(admin::ClientId client, const std::string& name) {
  Json list = Json::array();
  for (const NameRecord& record : shell_.resolve(name)) list.push_back(json_of(record));
  answer_ok(client, "records", std::move(list));
}

void AdminRequests::watch(admin::ClientId client, const std::string& name) {
  streams_[client] = shell_.watch(name, [this, client](const std::vector<NameRecord>& records) {
    Json list = Json::array();
    for (const NameRecord& record : records) list.push_back(json_of(record));
    server_->stream(client, to_line(Json{{"ok", true}, {"records", std::move(list)}}));
  });
}

void AdminRequests::stream_events(admin::ClientId client) {
  streams_[client] = shell_.subscribe(
      [this, client](const Event& event) { server_->stream(client, to_json(event)); });
  server_->stream(client, to_line(Json{{"ok", true}, {"streaming", "events"}}));
}

}  // namespace gossamer::node
