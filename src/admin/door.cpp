#include "admin/door.hpp"

namespace gossamer::admin {

bool Door::lets_try(Instant now, const SocketAddress& from) {
  const std::string address = counted_as(from);
  if (place_.limits.addresses.contains(from) && !failures_.is_spent(now, address) &&
      connects_.take(now, address)) {
    return true;
  }
  ++counters_.turned_away;
  return false;
}

void Door::on_refused(Instant now, const std::string& address) {
  ++counters_.refused;
  failures_.take(now, address);
}

}  // namespace gossamer::admin
