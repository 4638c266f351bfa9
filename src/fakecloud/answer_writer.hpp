#pragma once

#include "fakecloud/connection_socket.hpp"
#include "fakecloud/message.hpp"

namespace gossamer::fakecloud {

/// Sends `answer` as its delivery says. False if the connection is over. `is_head`: the answer to a
/// HEAD, whose body is only counted.
bool write_answer(ConnectionSocket& socket, const Answer& answer, bool is_head);

}  // namespace gossamer::fakecloud
