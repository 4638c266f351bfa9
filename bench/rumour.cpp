// One update by one node: a record of about 100 bytes that it publishes, and everybody watches.

#include <mutex>
#include <optional>
#include <vector>

#include "cluster.hpp"
#include "figures.hpp"
#include "give_up.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

constexpr std::chrono::seconds kLimit{15};
constexpr std::chrono::seconds kBetween{1};
constexpr std::size_t kValueBytes = 100;
constexpr const char* kName = "rumour";
constexpr const char* kKey = "v";

std::string value_of(std::size_t repeat) {
  std::string value = std::to_string(repeat);
  value.resize(kValueBytes, '.');
  return value;
}

/// Who has the one that is expected, and since when. Any thread.
class Arrivals {
 public:
  void expect(std::string value) {
    const std::lock_guard lock{mutex_};
    value_ = std::move(value);
    at_.clear();
  }
  void heard(std::size_t node, const std::vector<NameRecord>& records) {
    const SteadyTime now = std::chrono::steady_clock::now();
    const std::lock_guard lock{mutex_};
    for (const NameRecord& record : records) {
      const auto value = record.attributes.find(kKey);
      if (value != record.attributes.end() && value->second == value_) at_.emplace(node, now);
    }
  }
  std::size_t count() const {
    const std::lock_guard lock{mutex_};
    return at_.size();
  }
  std::vector<SteadyTime> times() const {
    const std::lock_guard lock{mutex_};
    std::vector<SteadyTime> times;
    for (const auto& [node, when] : at_) times.push_back(when);
    std::sort(times.begin(), times.end());
    return times;
  }

 private:
  mutable std::mutex mutex_;
  std::string value_;
  std::map<std::size_t, SteadyTime> at_;
};

}  // namespace

nlohmann::json rumour(const Settings& settings) {
  Arrivals arrivals;
  Cluster cluster{settings};
  cluster.start_settled(settings.nodes);
  for (std::size_t i = 0; i < settings.nodes; ++i) {
    cluster.with(i, [&, i](Node& node) {
      cluster.keep(i,
                   node.naming().watch(kName, [&arrivals, i](const std::vector<NameRecord>& all) {
                     arrivals.heard(i, all);
                   }));
    });
  }
  Samples half;
  Samples all;
  std::size_t undelivered = 0;
  const std::uint64_t deaths_before = cluster.deaths().events();
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const std::size_t origin = repeat % settings.nodes;
    const std::string value = value_of(repeat);
    arrivals.expect(value);
    std::optional<Publication> published;
    SteadyTime start{};
    cluster.with(origin, [&](Node& node) {
      start = std::chrono::steady_clock::now();
      auto made = node.naming().publish(kName, {"127.0.0.1", 1}, {{kKey, value}});
      if (!made) give_up("rumour: publish: " + made.error().detail);
      published.emplace(std::move(*made));
    });
    cluster.run_until([&] { return arrivals.count() == settings.nodes; }, kLimit);
    const std::vector<SteadyTime> times = arrivals.times();
    undelivered += settings.nodes - times.size();
    if (!times.empty()) half.add(milliseconds_since(start, times[(times.size() - 1) / 2]));
    if (times.size() == settings.nodes) all.add(milliseconds_since(start, times.back()));
    cluster.with(origin, [&](Node&) { published.reset(); });
    // A repeat should not share its packets with the last one's copies.
    cluster.run_for(kBetween);
  }
  return {{"scenario", "rumour"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"loops", settings.loops},
          {"half_ms", half.to_json()},
          {"all_ms", all.to_json()},
          {"undelivered", undelivered},
          {"false_deaths", cluster.deaths().events() - deaths_before}};
}

}  // namespace gossamer::bench
