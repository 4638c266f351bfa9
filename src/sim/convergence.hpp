#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/journal_checker.hpp"
#include "sim/sim_host.hpp"

namespace gossamer::sim {

/// What keeps the running nodes from agreeing on members, names, specs and owners, and every
/// deployed unit from being served by its owner. Empty: nothing does.
std::string disagreement(const std::vector<std::unique_ptr<SimHost>>& hosts, const World& world,
                         const JournalChecker& journal);

}  // namespace gossamer::sim
