// What the user may ask of a node, and what it answers of itself.

#include <fmt/format.h>

#include "naming/record.hpp"
#include "node/shell.hpp"
#include "node/timeout.hpp"

namespace gossamer::node {
namespace {

Result<void> check_record(const NameRecord& record) {
  if (auto valid = naming::validate(record); !valid) return valid;
  if (const auto parsed = parse_endpoint(to_string(record.endpoint)); !parsed) {
    return tl::unexpected(parsed.error());
  }
  return {};
}

}  // namespace

void Shell::attach(Node& node) {
  mailbox_->open(*workers_, node);
}

void Shell::join(std::chrono::milliseconds timeout, Done done) {
  if (stage_ == Stage::closing || stage_ == Stage::closed) {
    return answer_later([done = std::move(done)]() mutable {
      done(fail(ErrorCode::cancelled, "the node has closed"));
    });
  }
  joins_->add(within_a_day(timeout), callbacks_->answering<void>(std::move(done)));
}

MemberView Shell::members() const {
  if (driver_) return driver_->members();
  if (members_told_.size() > 0) return members_told_;
  Member self;
  self.id = id();
  self.name = options_.name;
  self.endpoint = endpoint_;
  self.metadata = options_.metadata;
  self.zone = options_.zone;
  return MemberView{std::make_shared<const std::vector<Member>>(1, self)};
}

Result<Publication> Shell::publish(NameRecord record) {
  if (stage_ == Stage::closing || stage_ == Stage::closed) {
    return fail(ErrorCode::cancelled, "the node has closed");
  }
  if (auto valid = check_record(record); !valid) return tl::unexpected(valid.error());
  if (driver_) {
    for (const auto& spec : driver_->specs()) {
      if (spec.spec.name != record.name || spec.is_undeploy) continue;
      return fail(ErrorCode::already_exists,
                  fmt::format("'{}' is a deployed service; its owners are published by themselves",
                              record.name));
    }
  }
  record.node = id();
  while (publications_.count({record.name, record.ordinal}) > 0) ++record.ordinal;
  if (driver_) {
    if (auto published = driver_->publish(record); !published) {
      return tl::unexpected(published.error());
    }
    wakeups_->refresh();
  }
  const PublicationKey key{record.name, record.ordinal};
  publications_.emplace(key, std::move(record));
  return Publication{Subscription{[weak = weak_from_this(), key] {
                       const auto self = weak.lock();
                       if (self == nullptr || self->publications_.erase(key) == 0 || !self->driver_)
                         return;
                       self->driver_->withdraw_record(key.first, key.second);
                       self->wakeups_->refresh();
                     }},
                     [weak = weak_from_this(), key](std::map<std::string, std::string> attributes) {
                       const auto self = weak.lock();
                       if (self != nullptr) return self->republish(key, std::move(attributes));
                       return Result<void>{fail(ErrorCode::cancelled, "the node has closed")};
                     }};
}

Result<void> Shell::republish(const PublicationKey& key,
                              std::map<std::string, std::string> attributes) {
  const auto at = publications_.find(key);
  if (at == publications_.end() || stage_ == Stage::closing || stage_ == Stage::closed) {
    return fail(ErrorCode::cancelled, "the node has closed");
  }
  NameRecord record = at->second;
  record.attributes = std::move(attributes);
  if (auto valid = check_record(record); !valid) return valid;
  if (driver_) {
    if (auto published = driver_->publish(record); !published) return published;
    wakeups_->refresh();
  }
  at->second = std::move(record);
  return {};
}

std::vector<NameRecord> Shell::resolve(std::string_view name) const {
  return driver_ ? driver_->resolve(name) : std::vector<NameRecord>{};
}

std::vector<std::string> Shell::names() const {
  return driver_ ? driver_->names() : std::vector<std::string>{};
}

Result<void> Shell::register_factory(std::string name, ServiceFactory factory) {
  return runner_->register_factory(std::move(name), std::move(factory));
}

void Shell::deploy(ServiceSpec spec, UniqueFunction<void(Result<std::uint64_t>)> done) {
  if (stage_ == Stage::closed) {
    return answer_later([done = std::move(done)]() mutable {
      done(fail(ErrorCode::cancelled, "the node has closed"));
    });
  }
  auto answer = callbacks_->answering<std::uint64_t>(std::move(done));
  if (auto valid = spec.validate(); !valid) return answer(tl::unexpected(valid.error()));
  if (objects_ != nullptr && options_.data_directory.empty()) {
    return answer(fail(ErrorCode::invalid_argument,
                       fmt::format("deploy '{}': this node has no data directory, which the stores "
                                   "of services need",
                                   spec.name)));
  }
  when_begun(
      [this, spec = std::move(spec), answer = std::move(answer)](Result<void> begun) mutable {
        if (!begun) return answer(tl::unexpected(begun.error()));
        driver_->deploy(std::move(spec), std::move(answer));
        wakeups_->refresh();
      });
}

void Shell::undeploy(std::string service, Done done) {
  if (stage_ == Stage::closed) {
    return answer_later([done = std::move(done)]() mutable {
      done(fail(ErrorCode::cancelled, "the node has closed"));
    });
  }
  when_begun([this, service = std::move(service),
              answer = callbacks_->answering<void>(std::move(done))](Result<void> begun) mutable {
    if (!begun) return answer(tl::unexpected(begun.error()));
    driver_->undeploy(std::move(service), std::move(answer));
    wakeups_->refresh();
  });
}

void Shell::freeze(const UnitId& unit, UniqueFunction<void(Result<Sequence>)> done) {
  if (stage_ == Stage::closed) {
    return answer_later([done = std::move(done)]() mutable {
      done(fail(ErrorCode::cancelled, "the node has closed"));
    });
  }
  when_begun([this, unit, answer = callbacks_->answering<Sequence>(std::move(done))](
                 Result<void> begun) mutable {
    if (!begun) return answer(tl::unexpected(begun.error()));
    driver_->freeze(unit, std::move(answer));
    wakeups_->refresh();
  });
}

std::vector<ServiceStatus> Shell::services() const {
  std::vector<ServiceStatus> services;
  if (!driver_) return services;
  const auto units = driver_->units();
  for (const auto& spec : driver_->specs()) {
    if (spec.is_undeploy) continue;
    ServiceStatus& service = services.emplace_back(ServiceStatus{spec.spec, spec.version, {}});
    for (const auto& unit : units) {
      if (unit.unit.service != spec.spec.name || unit.unit.ordinal >= spec.spec.instances) continue;
      UnitStatus status{unit.unit, unit.owner, unit.epoch, std::nullopt};
      if (const auto record = driver_->resolve(unit.unit)) status.endpoint = record->endpoint;
      service.units.push_back(std::move(status));
    }
  }
  return services;
}

std::string Shell::waits_for() const {
  if (driver_) return {};
  if (unusable_) return unusable_->detail;
  return "the object store has not answered yet";
}

std::map<std::string, std::uint64_t> Shell::counters() const {
  std::map<std::string, std::uint64_t> all;
  if (network_) {
    const NetworkCounters network = network_->counters();
    all["network_datagrams_dropped_full"] = network.datagrams_dropped_full;
    all["network_datagrams_lost_by_kernel"] = network.datagrams_lost_by_kernel;
    all["network_frames_dropped"] = network.frames_dropped_full + network.frames_dropped_failed;
    all["network_incoming_refused"] = network.incoming_refused + network.incoming_malformed;
    all["network_incoming_too_often"] = network.incoming_too_often;
    all["network_outside"] = network.datagrams_outside + network.incoming_outside;
  }
  if (remote_admin_) {
    const admin::DoorCounters door = remote_admin_->door_counters();
    all["admin_admitted"] = door.admitted;
    all["admin_refused"] = door.refused;
    all["admin_turned_away"] = door.turned_away;
  }
  if (const auto http = session_ ? session_->counters() : std::nullopt) {
    all["http_requests"] = http->requests;
    all["http_responses"] = http->responses;
    all["http_failures"] = http->failures;
    all["http_timeouts"] = http->timeouts;
    all["http_connections_opened"] = http->connections_opened;
    all["http_bytes_sent"] = http->bytes_sent;
    all["http_bytes_received"] = http->bytes_received;
  }
  if (!driver_) return all;
  const driver::Counters& counters = driver_->counters();
  all["datagrams_in"] = counters.datagrams_in;
  all["datagrams_out"] = counters.datagrams_out;
  all["datagram_bytes_in"] = counters.datagram_bytes_in;
  all["datagram_bytes_out"] = counters.datagram_bytes_out;
  all["frames_in"] = counters.frames_in;
  all["frames_out"] = counters.frames_out;
  all["frame_bytes_in"] = counters.frame_bytes_in;
  all["frame_bytes_out"] = counters.frame_bytes_out;
  for (std::size_t i = 0; i < counters.frame_rejects.size(); ++i) {
    const auto reason = to_string(static_cast<wire::FrameReject>(i));
    all[fmt::format("packets_rejected_{}", reason)] = counters.frame_rejects[i];
  }
  all["packets_malformed"] = counters.packets_malformed;
  all["statements_malformed"] = counters.statements_malformed;
  all["packets_over_bound"] = counters.packets_over_bound;
  all["statements_forged"] = counters.statements_forged;
  all["statements_verified"] = counters.statements_verified;
  all["statements_refused"] = counters.statements_refused;
  all["claims_refuted"] = counters.claims_refuted;
  all["admissions_verified"] = counters.admissions_verified;
  all["statements_unadmitted"] = counters.statements_unadmitted;
  all["packets_unadmitted"] = counters.packets_unadmitted;
  all["specs_refuted"] = counters.specs_refuted;
  all["announcements_over_bound"] = counters.announcements_over_bound;
  all["carried_over_bound"] = counters.carried_over_bound;
  const membership::ProbeCounts& probes = driver_->probe_counts();
  all["probes"] = probes.begun;
  all["probes_late"] = probes.late;
  all["probes_silent"] = probes.silent;
  all["rumours_waiting"] = driver_->rumour_count();
  all["turns"] = counters.turns;
  all["stalls"] = counters.stalls;
  all["appends_refused"] = counters.appends_refused;
  all["objects_requests"] = counters.objects_requests;
  all["objects_forged"] = counters.objects_forged;
  return all;
}

}  // namespace gossamer::node
