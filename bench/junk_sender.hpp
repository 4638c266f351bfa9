#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "gossamer/ids.hpp"

namespace gossamer::bench {

/// Somebody without the key, who stands before one node: what is sent to it passes through his
/// hands, is recorded, and reaches it. With that he plagues the others, from a thread of his own.
///
/// Every kind in turn: made up; made up behind a true header; recorded, to another than it was for
/// and to the same once more; cut short; with one bit altered.
class JunkSender {
 public:
  JunkSender();
  ~JunkSender();
  JunkSender(const JunkSender&) = delete;
  JunkSender& operator=(const JunkSender&) = delete;

  /// Where the node is to listen: a port that was free a moment ago.
  const Endpoint& node() const { return node_; }
  /// What others are told of where the node is.
  const Endpoint& endpoint() const { return endpoint_; }
  std::size_t recorded() const;

  void begin(const std::vector<Endpoint>& victims, std::size_t packets, std::size_t per_second);
  bool is_done() const { return is_done_; }
  std::uint64_t sent() const { return sent_; }
  double seconds() const { return seconds_; }

  static constexpr std::size_t kRecordedMax = 4096;

 private:
  /// A socket of its own for everybody who speaks to the node, so that its answers find back.
  struct Speaker {
    Endpoint from{};
    int socket = -1;
  };
  void relay();
  void pass_on(std::vector<std::uint8_t>& buffer);
  void pass_back(const Speaker& speaker, std::vector<std::uint8_t>& buffer);
  const Speaker& speaker_at(const Endpoint& from);
  void plague(std::vector<Endpoint> victims, std::size_t packets, std::size_t per_second);

  int relay_ = -1;
  Endpoint endpoint_{};
  Endpoint node_{};
  mutable std::mutex mutex_;
  std::vector<std::vector<std::uint8_t>> recordings_;
  std::atomic<bool> is_over_{false};
  std::atomic<bool> is_done_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<double> seconds_{0};
  std::vector<Speaker> speakers_;  ///< Of the relaying thread.
  std::thread relaying_;
  std::thread plaguing_;
};

}  // namespace gossamer::bench
