#pragma once

#include "driver/driver.hpp"
#include "sim/one_of_each.hpp"

namespace gossamer::sim {

/// What the nodes of one simulation hold in common: 10,000 that know each other hold 100 million
/// members, of which 10,000 differ.
///
/// **Lifetime**: outlives the nodes.
class SharedValues {
 public:
  SharedValues();
  SharedValues(const SharedValues&) = delete;
  SharedValues& operator=(const SharedValues&) = delete;

  driver::Sharing sharing() { return {&statements_, &entries_, &members_}; }
  /// Of those that somebody holds, and a few.
  std::size_t statement_count() const { return statements_.size(); }
  std::size_t member_count() const { return members_.size(); }

 private:
  OneOfEach<Bytes> statements_;
  OneOfEach<gossip::HeldEntry> entries_;
  OneOfEach<Member> members_;
};

}  // namespace gossamer::sim
