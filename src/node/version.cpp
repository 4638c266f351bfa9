#include "gossamer/version.hpp"

namespace gossamer {

std::string_view version() noexcept {
  return GOSSAMER_VERSION;
}

}  // namespace gossamer
