#include "fakecloud/upload_store.hpp"

#include <utility>

namespace gossamer::fakecloud {

void UploadStore::begin(Upload upload) {
  const std::lock_guard lock{mutex_};
  Name name{upload.bucket, upload.key, upload.id};
  uploads_[std::move(name)] = std::move(upload);
}

bool UploadStore::put_part(const std::string& bucket, const std::string& key, const std::string& id,
                           unsigned number, UploadPart part) {
  const std::lock_guard lock{mutex_};
  const auto found = uploads_.find({bucket, key, id});
  if (found == uploads_.end()) return false;
  found->second.parts[number] = std::move(part);
  return true;
}

std::optional<Upload> UploadStore::find(const std::string& bucket, const std::string& key,
                                        const std::string& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = uploads_.find({bucket, key, id});
  if (found == uploads_.end()) return std::nullopt;
  return found->second;
}

bool UploadStore::remove(const std::string& bucket, const std::string& key, const std::string& id) {
  const std::lock_guard lock{mutex_};
  return uploads_.erase({bucket, key, id}) == 1;
}

std::vector<Upload> UploadStore::list(const std::string& bucket, const std::string& prefix,
                                      const std::string& after_key, const std::string& after_id,
                                      std::size_t count_max) const {
  const std::lock_guard lock{mutex_};
  std::vector<Upload> listed;
  // Without an id, all uploads of the key itself are behind.
  const Name after{bucket, after_key, after_key.empty() || !after_id.empty() ? after_id : "\xff"};
  auto at = uploads_.lower_bound({bucket, prefix, ""});
  if (!after_key.empty() && after > Name{bucket, prefix, ""}) at = uploads_.upper_bound(after);
  for (; at != uploads_.end() && listed.size() < count_max; ++at) {
    const Upload& upload = at->second;
    if (upload.bucket != bucket || upload.key.compare(0, prefix.size(), prefix) != 0) break;
    listed.push_back(upload);
    listed.back().parts.clear();
  }
  return listed;
}

void UploadStore::clear() {
  const std::lock_guard lock{mutex_};
  uploads_.clear();
}

}  // namespace gossamer::fakecloud
