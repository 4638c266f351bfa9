#pragma once

#include "fakecloud/later_list.hpp"
#include "fakecloud/parts.hpp"
#include "fakecloud/request_reader.hpp"

namespace gossamer::fakecloud {

/// The way of a request: named, counted, struck by faults, believed or not, done, answered.
///
/// **Threads**: any.
class Dispatch {
 public:
  Dispatch(Parts& parts, LaterList& later) : parts_(parts), later_(later) {}
  Answer answer(const Request& request, RequestReader::End read);

 private:
  Answer serve(const Request& request, const Operation& operation, const Moment& moment);
  std::optional<Answer> disbelieve(const Request& request, const Operation& operation,
                                   const Moment& moment);
  Answer perform(const Request& request, const Operation& operation, const Moment& moment);
  Answer suffer(const FakeFault& fault, const Request& request, const Operation& operation,
                Moment moment);
  Answer postpone(const FakeFault& fault, const Request& request, const Operation& operation,
                  const Moment& moment);

  Parts& parts_;
  LaterList& later_;
};

}  // namespace gossamer::fakecloud
