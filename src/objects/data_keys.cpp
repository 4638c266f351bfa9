#include "objects/data_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/assert.hpp"

namespace gossamer::objects {
namespace {

constexpr const char* kPrefix = "data-keys/";
constexpr const char* kFirst = "data-keys/first";
/// A store has one for each cluster key that was ever in use. Those beyond are not looked at.
constexpr std::size_t kWrappingsMax = 1000;
constexpr int kAttemptsMax = 5;

std::string name_under(std::uint32_t key_id) {
  return fmt::format("{}{:08x}", kPrefix, key_id);
}

bool is_wrapping(std::string_view name) {
  if (name == kFirst) return true;
  const std::string_view id = name.substr(std::string_view{kPrefix}.size());
  return id.size() == 8 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string joined(const std::set<std::uint32_t>& key_ids) {
  std::string text;
  for (const std::uint32_t id : key_ids)
    text += fmt::format("{}{:08x}", text.empty() ? "" : ", ", id);
  return text;
}

Error no_answer(const ObjectStore& objects, int attempts, const ObjectResult& result) {
  const bool is_refused = result.outcome == ObjectOutcome::refused;
  return {is_refused ? ErrorCode::permission_denied : ErrorCode::unavailable,
          fmt::format("the object store {} gives no data key after {} attempts: {}",
                      objects.place(), attempts, result.detail)};
}

// One search. Each request's `done` keeps it alive; it goes when the last has answered.
class Search : public std::enable_shared_from_this<Search> {
 public:
  Search(ObjectStore& objects, const DataKeyOwner& owner, std::optional<NewDataKey> candidate,
         DataKeyFound done)
      : objects_(objects),
        keys_(owner.cluster_keys.begin(), owner.cluster_keys.end()),
        cluster_(owner.cluster),
        store_id_(owner.store_id),
        candidate_(candidate),
        done_(std::move(done)) {
    GOSSAMER_ASSERT(!keys_.empty());
  }

  void begin() {
    ++attempts_;
    names_.clear();
    under_.clear();
    list(kPrefix, kWrappingsMax, [](Search& self, std::vector<std::string> names) {
      std::copy_if(names.rbegin(), names.rend(), std::back_inserter(self.names_), is_wrapping);
      if (!self.names_.empty()) return self.read_next();
      if (!self.candidate_) return self.fail_with(ErrorCode::not_found, "has no data key");
      if (self.holds_sealed_) return self.fail_without_key();
      if (self.is_known_empty_) return self.create();
      self.look_for_sealed("specs/");
    });
  }

 private:
  wire::DataKeyPlace place() const { return {cluster_, store_id_}; }

  template <class Then>
  void list(const char* prefix, std::size_t limit, Then then) {
    objects_.list(prefix, "", limit, [self = shared_from_this(), then](ObjectListing listing) {
      if (listing.result.outcome != ObjectOutcome::ok) return self->retry(listing.result);
      then(*self, std::move(listing.keys));
    });
  }

  // A data key is there before anything that is sealed: whoever sees the latter and then, in a list
  // that was asked for later, no key, knows that it was taken away. Another one would hide that.
  void look_for_sealed(const char* prefix) {
    list(prefix, 1, [prefix](Search& self, const std::vector<std::string>& keys) {
      self.holds_sealed_ = !keys.empty();
      if (self.holds_sealed_) return self.begin();
      if (std::string_view{prefix} == "specs/") return self.look_for_sealed("journal/");
      self.is_known_empty_ = true;
      self.create();
    });
  }

  void read_next() {
    if (names_.empty()) return fail_closed();
    const std::string name = names_.back();
    names_.pop_back();
    auto bytes = std::make_shared<Bytes>();
    // A byte more than it has, so that what is too long is known as such.
    const std::size_t most = wire::kWrappedDataKeyBytes + 1;
    objects_.get(name, ObjectStore::Range{0, most}, make_sink(bytes, most),
                 [self = shared_from_this(), bytes](const ObjectResult& result) {
                   if (result.outcome == ObjectOutcome::absent) return self->read_next();
                   if (result.outcome != ObjectOutcome::ok) return self->retry(result);
                   self->try_open(*bytes);
                 });
  }

  void try_open(ByteView bytes) {
    const auto id = wire::wrapping_key_id(bytes);
    if (id) under_.insert(*id);
    for (const wire::ClusterKey& key : keys_) {
      if (id != key.id()) continue;
      if (auto opened = wire::unwrap_data_key(bytes, key, place())) return done_(*opened);
    }
    read_next();
  }

  void create() {
    const Bytes wrapped =
        wire::wrap_data_key(candidate_->key, keys_.front(), place(), candidate_->nonce);
    objects_.create(kFirst, make_source(wrapped),
                    [self = shared_from_this()](const ObjectResult& result) {
                      if (result.outcome == ObjectOutcome::ok)
                        return self->done_(self->candidate_->key);
                      // By another node, or by an earlier attempt of ours: then it is the candidate
                      // that is read.
                      if (result.outcome == ObjectOutcome::exists) return self->begin_again();
                      self->retry(result);
                    });
  }

  void begin_again() {
    if (attempts_ < kAttemptsMax) return begin();
    retry({ObjectOutcome::unknown, fmt::format("{} is there and is not listed", kFirst)});
  }

  void retry(const ObjectResult& result) {
    if (attempts_ < kAttemptsMax) return begin();
    done_(tl::unexpected(no_answer(objects_, attempts_, result)));
  }

  void fail_with(ErrorCode code, std::string_view why) {
    done_(fail(code, fmt::format("the object store {} {}", objects_.place(), why)));
  }

  void fail_without_key() {
    fail_with(
        ErrorCode::corrupted,
        fmt::format("holds journals or specs, and no data key below {}: bring that back from a "
                    "backup, or use another place",
                    kPrefix));
  }

  void fail_closed() {
    std::set<std::uint32_t> held;
    for (const wire::ClusterKey& key : keys_) held.insert(key.id());
    const bool is_ours =
        std::any_of(held.begin(), held.end(), [&](auto id) { return under_.contains(id); });
    if (is_ours || under_.empty()) {
      return fail_with(
          ErrorCode::corrupted,
          fmt::format("has no data key below {} that opens: it or the cluster-id is damaged, or "
                      "was replaced; bring both back from a backup, or use another place",
                      kPrefix));
    }
    fail_with(
        ErrorCode::invalid_argument,
        fmt::format(
            "has its data key wrapped under the cluster key(s) {}, and this node holds {}: it "
            "belongs to another cluster; use its key, or another place",
            joined(under_), joined(held)));
  }

  ObjectStore& objects_;
  const std::vector<wire::ClusterKey> keys_;
  const std::string cluster_;
  const std::string store_id_;
  const std::optional<NewDataKey> candidate_;
  DataKeyFound done_;
  std::vector<std::string> names_{};  ///< Still to be read, the next one last.
  std::set<std::uint32_t> under_{};   ///< Cluster keys that wrap what was read.
  bool holds_sealed_ = false;
  bool is_known_empty_ = false;
  int attempts_ = 0;
};

// Puts one wrapping, the same bytes at each attempt.
class Wrapping : public std::enable_shared_from_this<Wrapping> {
 public:
  Wrapping(ObjectStore& objects, const DataKeyOwner& owner, const NewDataKey& key,
           const wire::ClusterKey& under, UniqueFunction<void(Result<void>)> done)
      : objects_(objects),
        cluster_(owner.cluster),
        store_id_(owner.store_id),
        key_(key.key),
        under_(under),
        name_(name_under(under.id())),
        wrapped_(wire::wrap_data_key(key_, under_, {cluster_, store_id_}, key.nonce)),
        done_(std::move(done)) {}

  void create() {
    ++attempts_;
    objects_.create(name_, make_source(wrapped_),
                    [self = shared_from_this()](const ObjectResult& result) {
                      if (result.outcome == ObjectOutcome::ok) return self->done_({});
                      if (result.outcome == ObjectOutcome::exists) return self->read();
                      self->retry(result);
                    });
  }

 private:
  void read() {
    auto bytes = std::make_shared<Bytes>();
    const std::size_t most = wire::kWrappedDataKeyBytes + 1;
    objects_.get(name_, ObjectStore::Range{0, most}, make_sink(bytes, most),
                 [self = shared_from_this(), bytes](const ObjectResult& result) {
                   if (result.outcome != ObjectOutcome::ok) return self->retry(result);
                   self->compare(*bytes);
                 });
  }

  void compare(ByteView bytes) {
    const auto there = wire::unwrap_data_key(bytes, under_, {cluster_, store_id_});
    if (there && *there == key_) return done_({});
    done_(fail(
        ErrorCode::corrupted,
        fmt::format(
            "the object {} of {} does not hold the store's data key: take it away, and wrap again",
            name_, objects_.place())));
  }

  void retry(const ObjectResult& result) {
    if (attempts_ < kAttemptsMax) return create();
    done_(tl::unexpected(no_answer(objects_, attempts_, result)));
  }

  ObjectStore& objects_;
  const std::string cluster_;
  const std::string store_id_;
  const wire::DataKey key_;
  const wire::ClusterKey under_;
  const std::string name_;
  const Bytes wrapped_;
  UniqueFunction<void(Result<void>)> done_;
  int attempts_ = 0;
};

}  // namespace

void find_data_key(ObjectStore& objects, const DataKeyOwner& owner, DataKeyFound done) {
  std::make_shared<Search>(objects, owner, std::nullopt, std::move(done))->begin();
}

void ensure_data_key(ObjectStore& objects, const DataKeyOwner& owner, const NewDataKey& candidate,
                     DataKeyFound done) {
  std::make_shared<Search>(objects, owner, candidate, std::move(done))->begin();
}

void ensure_data_key_wrapped(ObjectStore& objects, const DataKeyOwner& owner, const NewDataKey& key,
                             const wire::ClusterKey& under,
                             UniqueFunction<void(Result<void>)> done) {
  std::make_shared<Wrapping>(objects, owner, key, under, std::move(done))->create();
}

}  // namespace gossamer::objects
