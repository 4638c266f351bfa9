#include "fakecloud/bucket_store.hpp"

#include <utility>

namespace gossamer::fakecloud {
namespace {

/// The least name that is greater than all that begin with `prefix`; empty if there is none.
std::string after_all_of(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

bool is_same_etag(const std::string& stored, const std::string& given) {
  return given == "*" || given == stored || '"' + given + '"' == stored;
}

}  // namespace

bool BucketStore::has(const std::string& bucket) const {
  const std::lock_guard lock{mutex_};
  return deleted_.count(bucket) == 0;
}

void BucketStore::create(const std::string& bucket) {
  const std::lock_guard lock{mutex_};
  deleted_.erase(bucket);
  buckets_[bucket];
}

bool BucketStore::remove_bucket(const std::string& bucket) {
  const std::lock_guard lock{mutex_};
  const auto found = buckets_.find(bucket);
  if (found != buckets_.end() && !found->second.empty()) return false;
  if (found != buckets_.end()) buckets_.erase(found);
  constexpr std::size_t kDeletedMax = 65'536;
  if (deleted_.size() < kDeletedMax) deleted_.insert(bucket);
  return true;
}

std::vector<std::string> BucketStore::names() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::string> names;
  for (const auto& [name, objects] : buckets_) names.push_back(name);
  return names;
}

PutOutcome BucketStore::put(const std::string& bucket, const std::string& key, ObjectPointer object,
                            const PutCondition& condition) {
  const std::lock_guard lock{mutex_};
  if (deleted_.count(bucket) == 1) return PutOutcome::no_such_bucket;
  Objects& objects = buckets_[bucket];
  const auto found = objects.find(key);
  if (condition.is_create && found != objects.end()) return PutOutcome::exists;
  if (!condition.if_match.empty()) {
    if (found == objects.end()) return PutOutcome::no_such_key;
    if (!is_same_etag(found->second->etag, condition.if_match)) return PutOutcome::mismatch;
  }
  objects[key] = std::move(object);
  return PutOutcome::stored;
}

ObjectPointer BucketStore::get(const std::string& bucket, const std::string& key) const {
  const std::lock_guard lock{mutex_};
  const auto objects = buckets_.find(bucket);
  if (objects == buckets_.end()) return nullptr;
  const auto found = objects->second.find(key);
  return found == objects->second.end() ? nullptr : found->second;
}

void BucketStore::remove(const std::string& bucket, const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto objects = buckets_.find(bucket);
  if (objects != buckets_.end()) objects->second.erase(key);
}

void BucketStore::clear() {
  const std::lock_guard lock{mutex_};
  buckets_.clear();
  deleted_.clear();
}

ListPage BucketStore::list(const std::string& bucket, const ListQuery& query) const {
  const std::lock_guard lock{mutex_};
  ListPage page;
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end() || query.names_max == 0) return page;
  const Objects& objects = found->second;
  auto at = objects.lower_bound(query.prefix);
  if (query.is_after_group && query.after >= query.prefix) {
    const std::string next = after_all_of(query.after);
    at = next.empty() ? objects.end() : objects.lower_bound(next);
  } else if (query.after >= query.prefix && !query.after.empty()) {
    at = objects.upper_bound(query.after);
  }
  while (at != objects.end() && at->first.compare(0, query.prefix.size(), query.prefix) == 0) {
    if (page.objects.size() + page.groups.size() == query.names_max) {
      page.is_truncated = true;
      break;
    }
    const std::size_t cut = query.delimiter.empty()
                                ? std::string::npos
                                : at->first.find(query.delimiter, query.prefix.size());
    page.is_last_group = cut != std::string::npos;
    if (!page.is_last_group) {
      page.last = at->first;
      page.objects.emplace_back(*at);
      ++at;
      continue;
    }
    page.last = at->first.substr(0, cut + query.delimiter.size());
    page.groups.push_back(page.last);
    const std::string next = after_all_of(page.last);
    at = next.empty() ? objects.end() : objects.lower_bound(next);
  }
  return page;
}

}  // namespace gossamer::fakecloud
