#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "cluster.hpp"
#include "deliveries.hpp"

namespace gossamer::bench {

/// Updates of 100 bytes at a steady rate from some nodes in turn, to all.
///
/// An update is an attribute of a record. An origin collects what is due and publishes ten times a
/// second, in as few records as hold it: each is one statement. A record's name is used again after
/// 5 s, by which time everybody should have got what it held; who has not has lost it.
class UpdateFeed {
 public:
  /// Every node watches every name from here on.
  UpdateFeed(Cluster& cluster, const Settings& settings);
  /// Ends the watching, and withdraws what is published.
  ~UpdateFeed();
  UpdateFeed(const UpdateFeed&) = delete;
  UpdateFeed& operator=(const UpdateFeed&) = delete;

  static std::size_t updates_per_record();

  void begin(std::size_t updates);
  /// Publishes what is due by now. To be called every few milliseconds. False: that was all.
  bool offer();
  Deliveries& deliveries() { return deliveries_; }
  /// That were signed so far.
  std::size_t statements() const { return statements_; }

 private:
  struct Origin {
    std::vector<std::size_t> due{};
    SteadyTime next_batch{};
    std::size_t next_slot = 0;
    std::vector<std::optional<Publication>> slots{};  // Used on the origin's loop only.
  };
  std::string name_of(std::size_t origin, std::size_t slot) const;
  void watch_all(std::size_t node);
  void publish(std::size_t origin);
  SteadyTime due_at(std::size_t update) const;

  Cluster& cluster_;
  const Settings& settings_;
  Deliveries deliveries_;
  std::vector<Origin> origins_;
  std::vector<std::vector<Subscription>> watches_;  // By node; used on its loop only.
  std::size_t slots_ = 0;
  SteadyTime start_{};
  std::size_t updates_ = 0;
  std::size_t next_ = 0;
  std::size_t statements_ = 0;
  std::atomic<std::size_t> first_number_{0};  // No two updates ever have the same.
};

}  // namespace gossamer::bench
