#pragma once

#include <nlohmann/json.hpp>

#include "settings.hpp"

// Each runs one scenario and gives the object that goes to standard output.

namespace gossamer::bench {

/// Nodes start, at once or one by one, and know only the first: how long until every node sees
/// every node?
nlohmann::json join(const Settings& settings);
/// Nothing changes: what does a node cost?
nlohmann::json steady(const Settings& settings);
/// A node dies (its process, or it falls silent): when does the first survivor know, when all?
nlohmann::json detect(const Settings& settings);
/// One node publishes something: when does the last node have it?
nlohmann::json rumour(const Settings& settings);
/// Ten nodes publish all the time: how late is it everywhere, and is anything lost?
nlohmann::json updates(const Settings& settings);
/// The network loses datagrams: who is held to be down, and is not?
nlohmann::json loss(const Settings& settings);
/// Some processes are stopped and run for a moment, again and again, all in step: is anybody held
/// to be down who was never stopped?
nlohmann::json paused(const Settings& settings);
/// Links are reset, connects are refused from one place, or processes start again at once: is
/// anybody held to be down who lives?
nlohmann::json disturb(const Settings& settings);
/// A healthy node stands still once, and goes on: is it held to be down?
nlohmann::json stall(const Settings& settings);
/// The owner of a service with state is killed: when does it serve again, and is anything lost?
nlohmann::json failover(const Settings& settings);

/// The cluster goes from one key to the next while records change: how long, and is anything
/// dropped?
nlohmann::json rotate(const Settings& settings);
/// Somebody without the key sends what he has made up, recorded, cut or altered: does anybody care?
nlohmann::json junk(const Settings& settings);

}  // namespace gossamer::bench
