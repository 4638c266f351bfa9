#pragma once

#include <nlohmann/json.hpp>

#include "cluster.hpp"

// Each runs one scenario and gives the object that goes to standard output.

namespace gossamer::bench {

/// All nodes start at once and know only the first: how long until every node sees every node?
nlohmann::json join(const Settings& settings);
/// Nothing changes: what does a node cost?
nlohmann::json steady(const Settings& settings);
/// A node dies (its process, or it falls silent): when does the first survivor know, when all?
nlohmann::json detect(const Settings& settings);
/// The owner of a service with state is killed: when does it serve again, and is anything lost?
nlohmann::json failover(const Settings& settings);

/// The cluster goes from one key to the next while records change: how long, and is anything dropped?
nlohmann::json rotate(const Settings& settings);
/// Somebody without the key sends what he has made up, recorded, cut or altered: does anybody care?
nlohmann::json junk(const Settings& settings);

}  // namespace gossamer::bench
