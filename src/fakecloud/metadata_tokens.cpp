#include "fakecloud/metadata_tokens.hpp"

#include <fmt/format.h>

namespace gossamer::fakecloud {
namespace {

constexpr std::size_t kSessionsMax = 65'536;

}  // namespace

std::string MetadataTokens::issue(const std::string& instance, aws::WallTime until) {
  const std::lock_guard lock{mutex_};
  // Which one goes does not matter: whoever has lost his asks for a new one.
  if (sessions_.size() == kSessionsMax) sessions_.erase(sessions_.begin());
  std::string token =
      fmt::format("AQAEA{:016x}{:016x}{:016x}==", random_.next(), random_.next(), random_.next());
  sessions_[token] = {instance, until};
  return token;
}

bool MetadataTokens::is_good(const std::string& token, const std::string& instance,
                             aws::WallTime now) const {
  const std::lock_guard lock{mutex_};
  const auto found = sessions_.find(token);
  return found != sessions_.end() && found->second.instance == instance &&
         now < found->second.until;
}

}  // namespace gossamer::fakecloud
