#include "sim/convergence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace gossamer::sim {
namespace {

using Running = std::vector<const SimHost*>;

std::string members_problem(const Running& running) {
  std::set<NodeId> ids;
  for (const SimHost* host : running) ids.insert(host->id());
  for (const SimHost* host : running) {
    std::set<NodeId> live;
    for (const Member& member : host->driver()->members()) {
      if (member.is_live()) live.insert(member.id);
      if (member.state == MemberState::suspect) {
        return fmt::format("n{} suspects {}", host->index(), member.name);
      }
    }
    if (live == ids) continue;
    for (const SimHost* other : running) {
      if (live.count(other->id()) == 0) {
        return fmt::format("n{} does not see n{}", host->index(), other->index());
      }
    }
    return fmt::format("n{} sees {} live members of {}", host->index(), live.size(), ids.size());
  }
  return {};
}

std::string state_problem(const Running& running) {
  for (const SimHost* host : running) {
    if (host->driver()->digest() != running.front()->driver()->digest()) {
      return fmt::format("n{} and n{} hold different entries", running.front()->index(),
                         host->index());
    }
  }
  return {};
}

std::string names_problem(const Running& running) {
  for (const SimHost* host : running) {
    const std::vector<NameRecord> records = host->driver()->resolve("web");
    if (records.size() != running.size()) {
      return fmt::format("n{} resolves web to {} of {} records", host->index(), records.size(),
                         running.size());
    }
    for (const SimHost* other : running) {
      const bool is_named =
          std::any_of(records.begin(), records.end(), [&](const NameRecord& record) {
            return record.node == other->id() &&
                   record.endpoint.address == other->endpoint().address && !record.is_stale;
          });
      if (!is_named) return fmt::format("n{} has no record of n{}", host->index(), other->index());
    }
  }
  return {};
}

std::string unit_problem(const Running& running, const World& world, const JournalChecker& journal,
                         const UnitId& unit) {
  const Epoch epoch = journal.highest_epoch(unit);
  const JournalChecker::Claim* claim = journal.claim(unit, epoch);
  if (claim == nullptr) return fmt::format("nobody ever claimed {}", to_string(unit));
  for (const SimHost* host : running) {
    const auto units = host->driver()->units();
    const auto status =
        std::find_if(units.begin(), units.end(), [&](const auto& s) { return s.unit == unit; });
    if (status == units.end() || status->epoch != epoch || status->owner != claim->writer) {
      return fmt::format("n{} does not know that {} owns {} in epoch {}", host->index(),
                         to_short_string(claim->writer), to_string(unit), epoch);
    }
    const auto record = host->driver()->resolve(unit);
    if (!record) return fmt::format("n{} cannot resolve {}", host->index(), to_string(unit));
    if (record->epoch != epoch || record->node != claim->writer) {
      return fmt::format("n{} resolves {} in epoch {} of {}", host->index(), to_string(unit),
                         record->epoch, epoch);
    }
    const ServiceFabric::Serving* serving = world.fabric.find(record->endpoint);
    if (serving == nullptr || serving->ledger->store().unit() != unit ||
        serving->ledger->store().epoch() != epoch) {
      return fmt::format("{} is not served where n{} resolves it", to_string(unit), host->index());
    }
  }
  return {};
}

std::string specs_problem(const Running& running, const ServiceSpec& wanted) {
  std::uint64_t version = 0;
  for (const SimHost* host : running) {
    const auto specs = host->driver()->specs();
    const auto spec = std::find_if(specs.begin(), specs.end(),
                                   [&](const auto& held) { return held.spec.name == wanted.name; });
    if (spec == specs.end() || spec->is_undeploy) {
      return fmt::format("n{} does not know that {} is deployed", host->index(), wanted.name);
    }
    if (version == 0) version = spec->version;
    if (spec->version != version) {
      return fmt::format("n{} knows version {} of {}, others {}", host->index(), spec->version,
                         wanted.name, version);
    }
  }
  return {};
}

}  // namespace

std::string disagreement(const std::vector<std::unique_ptr<SimHost>>& hosts, const World& world,
                         const JournalChecker& journal) {
  Running running;
  for (const auto& host : hosts) {
    if (host->is_leaving()) return fmt::format("n{} is still leaving", host->index());
    if (host->is_running()) running.push_back(host.get());
  }
  if (running.empty()) return "nobody runs";
  std::string problem = members_problem(running);
  if (problem.empty()) problem = names_problem(running);
  if (problem.empty()) problem = specs_problem(running, world.scenario.spec);
  for (std::uint32_t i = 0; problem.empty() && i < world.scenario.spec.instances; ++i) {
    problem = unit_problem(running, world, journal, {world.scenario.spec.name, i});
  }
  if (problem.empty()) problem = state_problem(running);
  return problem;
}

}  // namespace gossamer::sim
