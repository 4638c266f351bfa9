#include "fakecloud/key_ring.hpp"

#include <string_view>
#include <utility>

namespace gossamer::fakecloud {
namespace {

constexpr std::size_t kTemporaryMax = 65'536;
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kHex = "0123456789abcdef";
// With the characters that a client may forget to encode.
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

KeyRing::KeyRing(AccessKey for_ever, std::chrono::seconds life, std::uint64_t seed)
    : for_ever_(std::move(for_ever)), life_(life), random_(seed) {}

std::string KeyRing::draw(std::size_t count, std::string_view letters) {
  std::string text(count, '\0');
  for (char& c : text) c = letters[static_cast<std::size_t>(random_.below(letters.size()))];
  return text;
}

std::string KeyRing::make_text(std::size_t count) {
  const std::lock_guard lock{mutex_};
  return draw(count, kHex);
}

AccessKey KeyRing::issue(aws::WallTime now) {
  const std::lock_guard lock{mutex_};
  AccessKey key;
  key.id = "ASIA" + draw(16, kUpper);
  key.secret = draw(40, kBase64);
  key.token = "IQoJb3JpZ2luX2Vj" + draw(300, kBase64) + "==";
  key.expires = now + life_;
  if (order_.size() == kTemporaryMax) {
    temporary_.erase(order_.front());
    order_.pop_front();
  }
  order_.push_back(key.id);
  temporary_[key.id] = key;
  return key;
}

std::optional<AccessKey> KeyRing::find(const std::string& id) const {
  if (id == for_ever_.id) return for_ever_;
  const std::lock_guard lock{mutex_};
  const auto found = temporary_.find(id);
  if (found == temporary_.end()) return std::nullopt;
  return found->second;
}

void KeyRing::expire_all(aws::WallTime now) {
  const std::lock_guard lock{mutex_};
  for (auto& [id, key] : temporary_) {
    if (key.expires > now) key.expires = now;
  }
}

}  // namespace gossamer::fakecloud
