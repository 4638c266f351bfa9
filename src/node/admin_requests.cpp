#include "node/admin_requests.hpp"

#include <fmt/format.h>

#include <limits>

#include "gossamer/version.hpp"
#include "node/shell.hpp"

namespace gossamer::node {
namespace {

Result<std::string> text_of(const Json& request, const char* field) {
  const auto at = request.find(field);
  if (at == request.end() || !at->is_string()) {
    return fail(ErrorCode::invalid_argument, fmt::format("'{}' must be a string", field));
  }
  return at->get<std::string>();
}

constexpr std::size_t kMachinesMax = 5'000;

constexpr std::string_view kRequests =
    "status, members, services, names, resolve, watch, events, deploy, undeploy, freeze, seeds, "
    "counters, keys, keys_add, keys_use, keys_remove";

}  // namespace

Result<std::unique_ptr<AdminRequests>> AdminRequests::open(UvLoop& loop, const std::string& path,
                                                           Shell& shell) {
  std::unique_ptr<AdminRequests> requests{new AdminRequests{shell}};
  auto server = admin::Server::open(loop, path, *requests);
  if (!server) return tl::unexpected(server.error());
  requests->server_ = std::move(*server);
  return requests;
}

void AdminRequests::on_request(admin::ClientId client, std::string_view line) {
  const Json request = Json::parse(line.begin(), line.end(), nullptr, false);
  if (request.is_discarded() || !request.is_object()) {
    return answer_error(client, {ErrorCode::invalid_argument,
                                 R"(a request is one JSON object on one line, as {"request":"members"})"});
  }
  answer(client, request);
}

void AdminRequests::answer(admin::ClientId client, const Json& request) {
  const auto name = text_of(request, "request");
  if (!name) return answer_error(client, name.error());
  if (*name == "status") return answer_ok(client, "status", status());
  if (*name == "members") return answer_ok(client, "members", json_of(shell_.members()));
  if (*name == "services") {
    Json list = Json::array();
    for (const ServiceStatus& service : shell_.services()) list.push_back(json_of(service));
    return answer_ok(client, "services", std::move(list));
  }
  if (*name == "names") return answer_ok(client, "names", shell_.names());
  if (*name == "counters") return answer_ok(client, "counters", shell_.counters());
  if (*name == "seeds") {
    Json list = Json::array();
    for (const Endpoint& seed : shell_.seeds()) list.push_back(to_string(seed));
    return server_->respond(
        client,
        to_line(Json{{"ok", true},
                     {"seeds", std::move(list)},
                     {"machines", machines()},
                     {"problems", discovery_problems()}}));
  }
  if (*name == "resolve") return resolve(client, request);
  if (*name == "watch") return watch(client, request);
  if (*name == "events") return stream_events(client);
  if (*name == "deploy") return deploy(client, request);
  if (*name == "undeploy") return undeploy(client, request);
  if (*name == "freeze") return freeze(client, request);
  if (*name == "keys") return list_keys(client);
  if (*name == "keys_add") return add_key(client, request);
  if (*name == "keys_use") return change_keys(client, request, false);
  if (*name == "keys_remove") return change_keys(client, request, true);
  answer_error(client, {ErrorCode::invalid_argument,
                        fmt::format("there is no request '{}'; there are {}", name->substr(0, 64),
                                    kRequests)});
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

void AdminRequests::deploy(admin::ClientId client, const Json& request) {
  const auto at = request.find("spec");
  if (at == request.end()) {
    return answer_error(client, {ErrorCode::invalid_argument, "'spec' is missing"});
  }
  auto spec = spec_of(*at);
  if (!spec) return answer_error(client, spec.error());
  shell_.deploy(std::move(*spec), later<std::uint64_t>(client, "version"));
}

void AdminRequests::undeploy(admin::ClientId client, const Json& request) {
  const auto service = text_of(request, "service");
  if (!service) return answer_error(client, service.error());
  shell_.undeploy(*service, later<void>(client, "undeployed"));
}

void AdminRequests::freeze(admin::ClientId client, const Json& request) {
  const auto service = text_of(request, "service");
  if (!service) return answer_error(client, service.error());
  UnitId unit{*service, 0};
  if (const auto at = request.find("ordinal"); at != request.end()) {
    if (!at->is_number_unsigned() ||
        at->get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
      return answer_error(client,
                          {ErrorCode::invalid_argument, "'ordinal' must be a whole number from 0"});
    }
    unit.ordinal = at->get<std::uint32_t>();
  }
  shell_.freeze(unit, later<Sequence>(client, "sequence"));
}

void AdminRequests::resolve(admin::ClientId client, const Json& request) {
  const auto name = text_of(request, "name");
  if (!name) return answer_error(client, name.error());
  Json list = Json::array();
  for (const NameRecord& record : shell_.resolve(*name)) list.push_back(json_of(record));
  answer_ok(client, "records", std::move(list));
}

void AdminRequests::watch(admin::ClientId client, const Json& request) {
  const auto name = text_of(request, "name");
  if (!name) return answer_error(client, name.error());
  streams_[client] = shell_.watch(*name, [this, client](const std::vector<NameRecord>& records) {
    Json list = Json::array();
    for (const NameRecord& record : records) list.push_back(json_of(record));
    server_->stream(client, to_line(Json{{"ok", true}, {"records", std::move(list)}}));
  });
}

void AdminRequests::stream_events(admin::ClientId client) {
  streams_[client] = shell_.subscribe([this, client](const Event& event) {
    server_->stream(client, to_json(event));
  });
  server_->stream(client, to_line(Json{{"ok", true}, {"streaming", "events"}}));
}

}  // namespace gossamer::node
