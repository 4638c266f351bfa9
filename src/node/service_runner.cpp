#include "node/service_runner.hpp"

#include <fmt/format.h>

#include <optional>

#include "node/service_store.hpp"

namespace gossamer::node {
namespace {

RedeployKey key_of(const UnitId& unit, Epoch epoch) {
  return {unit.service, unit.ordinal, epoch};
}

const std::string& factory_name(const ServiceSpec& spec) {
  return spec.factory.empty() ? spec.name : spec.factory;
}

}  // namespace

/// One instance, from the driver's start to its stop.
struct ServiceRunner::Running {
  ServiceContext context{};
  std::shared_ptr<Service> service{};  ///< Null if the user's callbacks run it.
  UniqueFunction<void(Result<Endpoint>)> start_reply{};
  bool is_started = false;
  std::optional<Error> stop_reason{};
  UniqueFunction<void()> stop_reply{};

  RedeployKey key() const { return key_of(context.unit, context.epoch); }
};

ServiceRunner::ServiceRunner(Options options, std::shared_ptr<CallbackQueue> callbacks)
    : options_(std::move(options)), callbacks_(std::move(callbacks)) {}

/// `function(runner)` unless the runner is gone by then.
template <class F>
auto ServiceRunner::guarded(F function) {
  return [weak = weak_from_this(), function = std::move(function)](auto&&... args) mutable {
    if (const auto self = weak.lock()) function(*self, std::forward<decltype(args)>(args)...);
  };
}

/// `function(runner, arguments)` from the callback queue: what users answer with may be called from
/// anywhere in their code, also from within the service that this destroys.
template <class F>
auto ServiceRunner::queued(F function) {
  return [callbacks = callbacks_, task = guarded(std::move(function))](auto... args) mutable {
    callbacks->add([task = std::move(task), ... args = std::move(args)]() mutable {
      task(std::move(args)...);
    });
  };
}

Result<void> ServiceRunner::register_factory(std::string name, ServiceFactory factory) {
  if (name.empty() || name.size() > 64) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the length of a factory's name is {} bytes; it must be 1 to 64 bytes",
                            name.size()));
  }
  if (!factory)
    return fail(ErrorCode::invalid_argument, fmt::format("factory '{}' is empty", name));
  const auto [at, is_new] = options_.factories.emplace(std::move(name), std::move(factory));
  if (is_new) return {};
  return fail(ErrorCode::already_exists, fmt::format("there is a factory '{}' already", at->first));
}

const ServiceFactory* ServiceRunner::find_factory(const ServiceSpec& spec) const {
  const auto at = options_.factories.find(factory_name(spec));
  return at == options_.factories.end() ? nullptr : &at->second;
}

void ServiceRunner::may_take(const UnitId& unit, Epoch last_epoch, const ServiceSpec& spec,
                             UniqueFunction<void(bool)> reply) {
  const bool is_able =
      options_.has_stores && (find_factory(spec) != nullptr || options_.redeploy.start);
  callbacks_->add(
      guarded([is_able, key = key_of(unit, last_epoch), spec,
               answer = replying<bool>(std::move(reply), false)](ServiceRunner& self) mutable {
        if (!is_able || !self.options_.redeploy.may_take) {
          answer(is_able);
        } else {
          self.options_.redeploy.may_take(key, spec, std::move(answer));
        }
      }));
}

void ServiceRunner::start(const UnitId& unit, Epoch epoch, const ServiceSpec& spec,
                          std::shared_ptr<Store> store,
                          UniqueFunction<void(Result<Endpoint>)> reply) {
  const auto running = std::make_shared<Running>();
  running->context =
      ServiceContext{unit, epoch, spec,
                     std::make_shared<ServiceStore>(std::move(store), callbacks_), options_.loop};
  running->start_reply = std::move(reply);
  running_[{unit, epoch}] = running;
  callbacks_->add(guarded([running](ServiceRunner& self) { self.call_before(running); }));
}

void ServiceRunner::call_before(const RunningPointer& running) {
  if (!options_.redeploy.before) {
    start_service(running);
    return;
  }
  auto reply = queued([running](ServiceRunner& self, const Result<void>& may) {
    if (may) {
      self.start_service(running);
    } else {
      self.on_started(running, tl::unexpected(may.error()));
    }
  });
  options_.redeploy.before(
      running->key(), running->context.spec,
      replying<Result<void>>(std::move(reply),
                             fail(ErrorCode::cancelled, "`before` did not answer")));
}

void ServiceRunner::start_service(const RunningPointer& running) {
  const ServiceContext& context = running->context;
  auto reply = replying<Result<Endpoint>>(
      queued([running](ServiceRunner& self, const Result<Endpoint>& endpoint) {
        self.on_started(running, endpoint);
      }),
      fail(ErrorCode::cancelled, "the service gave up starting without an answer"));
  if (running->stop_reason) {  // Ordered while `before` was thinking.
    reply(fail(running->stop_reason->code, running->stop_reason->detail));
    return;
  }
  if (const ServiceFactory* factory = find_factory(context.spec)) {
    running->service = (*factory)(context);
    if (running->service == nullptr) {
      reply(fail(ErrorCode::unavailable,
                 fmt::format("factory '{}' made nothing", factory_name(context.spec))));
      return;
    }
    running->service->start(std::move(reply));
  } else if (options_.redeploy.start) {
    options_.redeploy.start(context, std::move(reply));
  } else {
    reply(fail(ErrorCode::not_found,
               fmt::format("this program has no factory '{}'", factory_name(context.spec))));
  }
}

void ServiceRunner::on_started(const RunningPointer& running, const Result<Endpoint>& endpoint) {
  const RedeployKey key = running->key();
  if (endpoint) {
    running->is_started = true;
    if (options_.redeploy.started && !running->stop_reason)
      options_.redeploy.started(key, *endpoint);
  } else {
    running_.erase({running->context.unit, running->context.epoch});
    if (options_.redeploy.failed) options_.redeploy.failed(key, endpoint.error());
  }
  if (auto reply = std::exchange(running->start_reply, nullptr)) reply(endpoint);
  if (!running->stop_reason) return;
  if (running->is_started) {
    stop_service(running);
  } else {
    on_stopped(running);
  }
}

void ServiceRunner::stop(const UnitId& unit, Epoch epoch, const Error& reason,
                         UniqueFunction<void()> reply) {
  const auto at = running_.find({unit, epoch});
  if (at == running_.end() || at->second->stop_reason) {
    callbacks_->add(std::move(reply));
    return;
  }
  const RunningPointer running = at->second;
  running->stop_reason = reason;
  running->stop_reply = std::move(reply);
  callbacks_->add(guarded([running](ServiceRunner& self) {
    if (running->stop_reason->code == ErrorCode::fenced && self.options_.redeploy.fenced) {
      self.options_.redeploy.fenced(running->key());
    }
    if (running->is_started) self.stop_service(running);
    // Otherwise its start is under way, and is followed by the stop.
  }));
}

void ServiceRunner::stop_service(const RunningPointer& running) {
  struct Stopped {
    explicit Stopped(UniqueFunction<void()> to) : done(std::move(to)) {}
    Stopped(Stopped&&) noexcept = default;
    Stopped(const Stopped&) = delete;
    Stopped& operator=(Stopped&&) = delete;
    ~Stopped() { (*this)(); }
    void operator()() {
      if (auto call = std::exchange(done, nullptr)) call();
    }
    UniqueFunction<void()> done;
  };
  Stopped stopped{queued([running](ServiceRunner& self) { self.on_stopped(running); })};
  if (running->service) {
    running->service->stop(*running->stop_reason, std::move(stopped));
  } else if (options_.redeploy.stop) {
    options_.redeploy.stop(running->key(), *running->stop_reason, std::move(stopped));
  }
}

void ServiceRunner::on_stopped(const RunningPointer& running) {
  running_.erase({running->context.unit, running->context.epoch});
  running->service.reset();
  running->context.store.reset();
  if (auto reply = std::exchange(running->stop_reply, nullptr)) reply();
}

}  // namespace gossamer::node
