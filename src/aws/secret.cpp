#include "aws/secret.hpp"

#include <openssl/crypto.h>

namespace gossamer::aws {
namespace {

void wipe(std::string& value) {
  OPENSSL_cleanse(value.data(), value.size());
  value.clear();
}

}  // namespace

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  wipe(value_);
  value_ = other.value_;
  return *this;
}

// A short string is copied by a move: what stays behind is wiped too.
Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
  wipe(other.value_);
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(value_);
  value_ = std::move(other.value_);
  wipe(other.value_);
  return *this;
}

Secret::~Secret() {
  wipe(value_);
}

}  // namespace gossamer::aws
