#pragma once

#include <uv.h>

#include <optional>
#include <string>

#include "gossamer/node.hpp"

namespace gossamer::bench {

/// A line by one write to standard output, which a pipe does not tear apart.
void say(const std::string& line);

/// What a child's parent tells it to do, a line each, on standard input; each is answered by a
/// line, in turn:
///
///     links ADDRESS:PORT       its TCP connections that lead there: `did HOW-MANY`
///     reset                    its TCP connections are reset: `did HOW-MANY`
///     reset ADDRESS:PORT       those that lead there: `did HOW-MANY`
///     refuse ADDRESS:PORT      its connects to there are refused from now on: `did 0`
///     admit                    no longer: `did HOW-MANY-WERE-REFUSED`
///     lose PERCENT             so much of what it sends by datagram is lost from now on: `did 0`
///     count                    its members: `did HOW-MANY-ARE-LIVE`
///     await NAME INCARNATION HOW-MANY   once it sees so many live members, that one among them
///                              under that incarnation or a later one: `seen NAME`; another await
///                              ends this one
///
/// The process ends when its standard input does.
class ChildOrders {
 public:
  ChildOrders(uv_loop_t* loop, Node& node);
  ChildOrders(const ChildOrders&) = delete;
  ChildOrders& operator=(const ChildOrders&) = delete;

 private:
  void read();
  void obey(const std::string& line);
  void look();

  struct Awaited {
    std::string name;
    Incarnation incarnation = 0;
    std::size_t live_count = 0;
  };
  Node& node_;
  uv_poll_t input_{};
  uv_timer_t looking_{};
  std::string unread_;
  std::optional<Awaited> awaited_;
};

}  // namespace gossamer::bench
