#pragma once

#include <string>

#include "aws/wall_clock.hpp"

namespace gossamer::fakecloud {

/// `Sun, 30 Aug 2015 12:36:00 GMT`.
std::string to_http_time(aws::WallTime at);
/// `2015-08-30T12:36:00.000Z`, as S3 and EC2 write it; without fractions for metadata.
std::string to_iso_time(aws::WallTime at, bool has_fraction = true);

}  // namespace gossamer::fakecloud
