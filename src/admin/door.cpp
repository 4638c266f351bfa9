#include "admin/door.hpp"

namespace gossamer::admin {

bool Door::lets_try(Instant now, const SocketAddress& from, const std::string& source) {
  if (place_.limits.addresses.contains(from) && !failures_.is_spent(now, source) &&
      connects_.take(now, source)) {
    return true;
  }
  ++counters_.turned_away;
  return false;
}

void Door::on_refused(Instant now, const std::string& source) {
  ++counters_.refused;
  failures_.take(now, source);
}

}  // namespace gossamer::admin
