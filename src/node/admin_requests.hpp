#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "admin/server.hpp"
#include "gossamer/subscription.hpp"
#include "node/admin_request.hpp"
#include "node/json.hpp"

namespace gossamer::node {

class Shell;

/// What clients of one admin endpoint may ask: one JSON object a line, `{"request":"members"}`. The
/// answer is one line with `"ok"` true or false; `events` and `watch` go on with a line for each
/// piece of news. A request that is not known is answered with those that are.
///
/// **Threads**: confined to the loop. **Lifetime**: `shell` outlives it.
class AdminRequests final : public admin::RequestHandler {
 public:
  static Result<std::unique_ptr<AdminRequests>> open(UvLoop& loop, const std::string& path,
                                                     Shell& shell);
  static Result<std::unique_ptr<AdminRequests>> open(UvLoop& loop, admin::DoorPlace place,
                                                     Shell& shell);

  void on_request(admin::ClientId client, std::string_view line) override;
  void on_gone(admin::ClientId client) override { streams_.erase(client); }

  /// By TCP.
  const Endpoint& endpoint() const { return server_->endpoint(); }
  admin::DoorCounters door_counters() const { return server_->door_counters(); }

 private:
  explicit AdminRequests(Shell& shell) : shell_(shell) {}
  template <class Place>
  static Result<std::unique_ptr<AdminRequests>> open_at(UvLoop& loop, Place place, Shell& shell);
  void answer(admin::ClientId client, AdminRequest request);
  void answer_ok(admin::ClientId client, const char* key, Json value);
  void answer_error(admin::ClientId client, const Error& error);
  /// The answer to a command that takes its time: `key` holds what it gave.
  template <class T>
  UniqueFunction<void(Result<T>)> later(admin::ClientId client, const char* key);

  void list_services(admin::ClientId client);
  void resolve(admin::ClientId client, const std::string& name);
  void watch(admin::ClientId client, const std::string& name);
  void stream_events(admin::ClientId client);
  // admin_keys.cpp
  void list_keys(admin::ClientId client);
  void add_key(admin::ClientId client, std::string_view key);
  void answer_key(admin::ClientId client, std::uint32_t id, const Result<void>& changed);
  Json status() const;
  Json members() const;
  Json machines() const;
  Json discovery_problems() const;

  Shell& shell_;
  std::map<admin::ClientId, Subscription> streams_;
  std::shared_ptr<AdminRequests*> self_ = std::make_shared<AdminRequests*>(this);
  std::unique_ptr<admin::Server> server_;
};

}  // namespace gossamer::node
