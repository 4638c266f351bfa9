#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "aws/wall_clock.hpp"
#include "fakecloud/quota.hpp"
#include "http/message.hpp"

namespace gossamer::fakecloud {

struct Object {
  SharedBody body{};
  std::string etag{};  ///< With its quotes.
  aws::WallTime modified{};
  http::Headers headers{};                         ///< Said at the put, given back at each get.
  std::shared_ptr<const Quota::Share> overhead{};  ///< What it takes up beside its bytes.
};
using ObjectPointer = std::shared_ptr<const Object>;

/// What a put demands of what is there. Empty: nothing.
struct PutCondition {
  bool is_create = false;  ///< `If-None-Match: *`
  std::string if_match{};  ///< An ETag, or `*`.
};
enum class PutOutcome : std::uint8_t { stored, exists, mismatch, no_such_key, no_such_bucket };

struct ListQuery {
  std::string prefix{}, delimiter{};
  std::string after{};          ///< Names greater than it.
  bool is_after_group = false;  ///< `after` is a common prefix, to be left behind whole.
  std::size_t names_max = 1'000;
};
struct ListPage {
  std::vector<std::pair<std::string, ObjectPointer>> objects{};
  std::vector<std::string> groups{};  ///< Common prefixes.
  bool is_truncated = false;
  std::string last{};  ///< Of the page, to go on after.
  bool is_last_group = false;
};

/// Buckets and their objects. A bucket exists until it is deleted, and again once created.
///
/// **Threads**: any; each call is one atomic step.
class BucketStore {
 public:
  bool has(const std::string& bucket) const;
  void create(const std::string& bucket);
  /// False if it holds objects.
  bool remove_bucket(const std::string& bucket);
  std::vector<std::string> names() const;

  PutOutcome put(const std::string& bucket, const std::string& key, ObjectPointer object,
                 const PutCondition& condition);
  ObjectPointer get(const std::string& bucket, const std::string& key) const;
  void remove(const std::string& bucket, const std::string& key);
  ListPage list(const std::string& bucket, const ListQuery& query) const;
  void clear();

 private:
  using Objects = std::map<std::string, ObjectPointer>;
  mutable std::mutex mutex_{};
  std::map<std::string, Objects> buckets_{};
  std::set<std::string> deleted_{};
};

}  // namespace gossamer::fakecloud
