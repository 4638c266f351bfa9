// Desired states: read from the object store when announced, and now and then all of them, so that
// a fresh cluster on an old bucket finds everything; written create-only, one version at a time.

#include <fmt/format.h>

#include "base/counter.hpp"
#include "driver/state.hpp"
#include "wire/storage.hpp"

namespace gossamer::driver {
namespace {

constexpr Duration kPollInterval = std::chrono::seconds{30};
constexpr Duration kRetryInterval = std::chrono::seconds{2};
constexpr int kWriteAttemptsMax = 30;
constexpr std::size_t kSpecsWantedMax = 10'000;

}  // namespace

void Driver::State::poll_specs() {
  if (!journal_orders || is_leaving) return;
  SpecStore{*ports.objects, sealed_objects}.list(
      later([before = announced_specs()](State& state, Result<SpecStore::Versions> versions) {
        state.after(versions ? kPollInterval : kRetryInterval, [](State& s) { s.poll_specs(); });
        if (!versions) return;
        for (const auto& [service, version] : *versions) state.spec_listed(service, version);
        state.give_up_unlisted(before, *versions);
      }));
}

// What the store was seen to have is read until it is known.
void Driver::State::spec_listed(const std::string& service, std::uint64_t version) {
  if (!journal_orders || is_spec_known(service, version)) return;
  if (specs_wanted.size() >= kSpecsWantedMax) return;
  if (!specs_wanted.insert(service).second) return;  // Being read; the newest is what counts.
  read_spec(service, announced_spec(service), [service, version](State& state) {
    state.after(kRetryInterval, [service, version](State& s) {
      s.specs_wanted.erase(service);
      s.spec_listed(service, version);
    });
  });
}

// Not the version that was told of but the newest: an announcement decides nothing, and may be
// false. `announced` was told before.
void Driver::State::read_spec(const std::string& service, std::uint64_t announced,
                              std::function<void(State&)> on_failed) {
  SpecStore{*ports.objects, sealed_objects}.read_newest(
      service, later([service, announced, on_failed = std::move(on_failed)](
                         State& state, Result<SpecStore::Newest> newest) {
        if (!newest) return on_failed(state);
        state.specs_wanted.erase(service);
        if (newest->spec) state.spec_read(*newest->spec);
        if (newest->trouble) state.spec_unreadable(service, newest->version, *newest->trouble);
        if (announced > newest->version) state.give_up_spec(service, announced);
        // Told meanwhile, and so perhaps written meanwhile.
        const std::uint64_t later_told = state.announced_spec(service);
        if (later_told > announced && later_told > newest->version)
          state.look_up_spec(service, later_told);
      }));
}

// The next poll looks again, for a store may be put right; it is told once.
void Driver::State::spec_unreadable(const std::string& service, std::uint64_t version,
                                    const Error& trouble) {
  if (specs_unreadable.size() >= kSpecsWantedMax && !specs_unreadable.contains(service)) return;
  if (std::exchange(specs_unreadable[service], version) == version) return;
  notify(Alarm{service,
               fmt::format("its newest spec is not heeded; deploy it again: {}", trouble.detail)});
}

void Driver::State::spec_read(const ownership::SpecVersion& spec) {
  ownership.on_spec(now, spec, ownership_out);
}

void Driver::State::fail_spec(SpecWrite& write, ErrorCode code, std::string_view why) {
  end_spec(write,
           fail(code, fmt::format("{} of '{}': {}", write.spec.is_undeploy ? "undeploy" : "deploy",
                                  write.spec.spec.name, why)));
}

void Driver::State::write_spec(std::shared_ptr<SpecWrite> write) {
  if (!journal_orders) {
    return end_spec(
        *write,
        fail(ErrorCode::invalid_argument,
             fmt::format("{} '{}': this node has no {}",
                         write->spec.is_undeploy ? "undeploy" : "deploy", write->spec.spec.name,
                         ports.objects == nullptr ? "object store" : "data directory")));
  }
  if (++write->attempts > kWriteAttemptsMax) {
    return fail_spec(*write, ErrorCode::unavailable,
                     fmt::format("version {} is taken and cannot be seen", write->spec.version));
  }
  SpecStore{*ports.objects, sealed_objects}.read_newest(
      write->spec.spec.name, later([write](State& state, Result<SpecStore::Newest> newest) {
        if (!newest) {
          const Error& error = newest.error();
          // An answer, and it will be the same one next time: somebody has to see to that object.
          if (error.code != ErrorCode::unavailable)
            return state.fail_spec(*write, error.code, error.detail);
          if (write->attempts >= kWriteAttemptsMax) {
            return state.fail_spec(*write, error.code,
                                   fmt::format("the object store {} gives no answer: {}",
                                               state.ports.objects->place(), error.detail));
          }
          return state.after(std::chrono::milliseconds{200},
                             [write](State& s) { s.write_spec(write); });
        }
        if (newest->version >= kCounterMax) {
          return state.fail_spec(*write, ErrorCode::resource_exhausted,
                                 fmt::format("no version follows {}", newest->version));
        }
        // One that cannot be read is followed by the next version like any other.
        const bool is_deployed = newest->trouble || (newest->spec && !newest->spec->is_undeploy);
        if (write->spec.is_undeploy && !is_deployed) {
          return state.end_spec(
              *write, fail(ErrorCode::not_found,
                           fmt::format("service '{}' is not deployed", write->spec.spec.name)));
        }
        const ownership::SpecVersion* known = state.ownership.spec(write->spec.spec.name);
        if (newest->spec) known = &*newest->spec;
        if (write->spec.is_undeploy && known != nullptr) write->spec.spec = known->spec;
        write->spec.version = newest->version + 1;
        state.put_spec(write);
      }));
}

void Driver::State::put_spec(std::shared_ptr<SpecWrite> write) {
  SpecStore{*ports.objects, sealed_objects}.create(
      write->spec, later([write](State& state, ObjectResult result) {
        switch (result.outcome) {
          case ObjectOutcome::ok: return state.end_spec(*write, write->spec.version);
          case ObjectOutcome::exists: return state.compare_spec(write);
          default: return state.put_spec_again(write, result.detail);
        }
      }));
}

void Driver::State::put_spec_again(std::shared_ptr<SpecWrite> write, const std::string& detail) {
  if (++write->attempts > kWriteAttemptsMax) {
    return end_spec(*write,
                    fail(ErrorCode::unknown_outcome,
                         fmt::format("write spec of '{}': {}", write->spec.spec.name, detail)));
  }
  after(std::chrono::milliseconds{200}, [write](State& s) { s.put_spec(write); });
}

// The version is taken, by an earlier put of ours whose answer got lost or by somebody else's spec.
void Driver::State::compare_spec(std::shared_ptr<SpecWrite> write) {
  SpecStore{*ports.objects, sealed_objects}.read(
      write->spec.spec.name, write->spec.version,
      later([write](State& state, Result<SpecStore::Newest> there) {
        const wire::ObjectSeal seal = state.sealed_objects.seal({});
        const bool is_ours =
            there && there->spec &&
            wire::encode_spec(*there->spec, seal) == wire::encode_spec(write->spec, seal);
        if (is_ours) return state.end_spec(*write, write->spec.version);
        if (there) return state.write_spec(write);
        state.put_spec_again(write, there.error().detail);
      }));
}

void Driver::State::end_spec(SpecWrite& write, Result<std::uint64_t> result) {
  if (result) {
    spec_read(write.spec);
    publish(ownership::SpecAnnouncement{write.spec.spec.name, write.spec.version});
    if (write.spec.is_undeploy) {
      for (std::uint32_t ordinal = 0; ordinal < write.spec.spec.instances; ++ordinal) {
        withdraw_unit({write.spec.spec.name, ordinal}, write.spec.version);
      }
    }
  }
  after_turn.add([done = std::move(write.done), result = std::move(result)]() mutable {
    done(std::move(result));
  });
}

}  // namespace gossamer::driver
