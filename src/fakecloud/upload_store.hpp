#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "fakecloud/bucket_store.hpp"

namespace gossamer::fakecloud {

struct UploadPart {
  SharedBody body{};
  std::string etag{};  ///< With its quotes.
  aws::WallTime modified{};
};

/// One multipart upload that is neither completed nor aborted.
struct Upload {
  std::string bucket{}, key{}, id{};
  http::Headers headers{};  ///< Of the object to be.
  aws::WallTime begun{};
  std::map<unsigned, UploadPart> parts{};
  std::shared_ptr<const Quota::Share> overhead{};  ///< What it takes up beside its parts.
};

/// Multipart uploads under way.
///
/// **Threads**: any; each call is one atomic step.
class UploadStore {
 public:
  void begin(Upload upload);
  /// False if there is no such upload.
  bool put_part(const std::string& bucket, const std::string& key, const std::string& id,
                unsigned number, UploadPart part);
  /// The parts' bytes are shared, not copied.
  std::optional<Upload> find(const std::string& bucket, const std::string& key,
                             const std::string& id) const;
  bool remove(const std::string& bucket, const std::string& key, const std::string& id);
  /// Those after (key, id), in order, without their parts.
  std::vector<Upload> list(const std::string& bucket, const std::string& prefix,
                           const std::string& after_key, const std::string& after_id,
                           std::size_t count_max) const;
  void clear();

 private:
  using Name = std::tuple<std::string, std::string, std::string>;  // Bucket, key, id.
  mutable std::mutex mutex_{};
  std::map<Name, Upload> uploads_{};
};

}  // namespace gossamer::fakecloud
