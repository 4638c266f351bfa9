#pragma once

#include "wire/packet.hpp"

namespace gossamer::wire {

/// The message of a packet, without the statements that ride along.
Bytes encode_head(const Message& message);
Result<Message> decode_head(ByteView bytes);

}  // namespace gossamer::wire
