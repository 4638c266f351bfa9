#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "driver/driver.hpp"
#include "wire/statement.hpp"

// A driver's ports that lead nowhere. No object store, and the disk takes everything.

namespace gossamer::driver {

inline wire::Identity identity(std::uint8_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(number);
  return wire::Identity::from_seed(seed);
}

inline Options idle_options() {
  Options options;
  options.name = "n1";
  options.endpoint = {"10.0.0.1", 1};
  options.identity = identity(1);
  return options;
}

struct IdlePorts final : Clock, Network, NodeStore, EventSink {
  Instant now() override { return time; }
  std::uint64_t wall_ms() override {
    return 1'500'000'000'000 + static_cast<std::uint64_t>(time.since_origin.count() / 1'000'000);
  }
  void send_datagram(const Endpoint&, ByteView bytes) override {
    last_sent.assign(bytes.begin(), bytes.end());
  }
  void send_frame(const Endpoint&, Bytes bytes) override { last_frame = std::move(bytes); }
  void watch(const Endpoint&) override {}
  void unwatch(const Endpoint&) override {}
  void knock(const Endpoint&) override {}
  void persist(std::vector<Write>, Done done) override { persisted.push_back(std::move(done)); }
  void keep_secret(const std::string& name, Bytes secret, Done done) override {
    secrets[name] = std::move(secret);
    secrets_kept.push_back(std::move(done));
  }
  void cache(std::vector<Write> writes) override {
    for (const Write& write : writes) {
      if (!write.value) removed.insert(write.key);
    }
  }
  void on_event(const Event& event) override {
    if (const auto* alarm = std::get_if<Alarm>(&event)) alarms.push_back(alarm->detail);
  }
  void on_name_changed(const std::string& name) override { names_changed.insert(name); }

  Ports ports() {
    Ports all;
    all.clock = this;
    all.network = this;
    all.node_store = this;
    all.events = this;
    return all;
  }

  Instant time{std::chrono::seconds{1}};
  std::set<std::string> removed;  ///< From the cache.
  std::set<std::string> names_changed;
  std::vector<std::string> alarms;
  std::vector<Done> persisted;  ///< Answers still owed.
  Bytes last_sent;              ///< The newest datagram.
  Bytes last_frame;             ///< The newest by stream.
  std::map<std::string, Bytes> secrets;
  std::vector<Done> secrets_kept;  ///< Answers still owed.
};

}  // namespace gossamer::driver
