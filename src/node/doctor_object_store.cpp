// Every operation that gossamer needs of an object store, one after the other.

#include <fmt/format.h>

#include <algorithm>

#include "aws/endpoint.hpp"
#include "base/hash.hpp"
#include "gossamer/doctor.hpp"
#include "node/cloud_steps.hpp"
#include "node/least_policy.hpp"
#include "node/own_loop.hpp"
#include "node/private_file.hpp"
#include "node/timeout.hpp"
#include "objects/object_store_url.hpp"
#include "objects/s3_bucket.hpp"
#include "objects/s3_leftovers.hpp"
#include "objects/s3_object_store.hpp"

namespace gossamer {
namespace {

using node::OwnLoop;
using std::chrono::milliseconds;

constexpr std::size_t kReadMax = 64 * 1024;
constexpr std::size_t kPartBytes = 5 * 1024 * 1024;  // The least that S3 takes.

// Parts at once, so that an upload in parts is tried without putting much.
objects::S3Limits limits_of_parts() {
  objects::S3Limits limits;
  limits.part_bytes = limits.one_put_bytes = kPartBytes;
  return limits;
}

class StoreExamination {
 public:
  /// `where`: what a failing step is said to have been tried with; may be empty.
  StoreExamination(OwnLoop& own, ObjectStore& objects, milliseconds timeout, std::string where,
                   DoctorReport& report)
      : own_(own),
        objects_(objects),
        timeout_(timeout),
        where_(std::move(where)),
        report_(report),
        key_("probe/" + to_hex(node::draw_random_bytes(16))) {}

  /// `bucket`: where it is one, uploads in parts are tried too.
  void run(const std::shared_ptr<objects::S3Bucket>& bucket) {
    if (!list("list", "probe/")) return;
    create_first();
    expect("create again", ObjectOutcome::exists, create("second"));
    read("get", std::nullopt, "first");
    read("get a range", ObjectStore::Range{1, 3}, "irs");
    expect("put", ObjectOutcome::ok, put(key_, to_bytes("third")));
    if (bucket != nullptr) {
      expect("put in parts", ObjectOutcome::ok, put(key_, Bytes(kPartBytes + 1)));
      expect("abort an upload", ObjectOutcome::ok, abort_upload(bucket));
    }
    expect("remove", ObjectOutcome::ok, remove());
    read_cluster_id();
  }

 private:
  using Answer = std::optional<ObjectResult>;

  void add(std::string operation, bool is_ok, std::string detail) {
    if (!is_ok) detail += where_;
    report_.steps.push_back({std::move(operation), is_ok, true, std::move(detail)});
  }
  void add_late(std::string operation) {
    add(std::move(operation), false, node::late_words(timeout_));
  }
  void expect(const char* operation, ObjectOutcome wanted, const Answer& answer) {
    if (!answer) return add_late(operation);
    if (answer->outcome == wanted) return add(operation, true, {});
    if (wanted == ObjectOutcome::exists && answer->outcome == ObjectOutcome::ok) {
      return add(operation, false,
                 "a second create of one key succeeded: create-only is not honoured, so claims "
                 "mean nothing here");
    }
    add(operation, false, fmt::format("{}: {}", to_string(answer->outcome), answer->detail));
  }

  // What exists may be our own, of which the answer was lost.
  void create_first() {
    const Answer answer = create("first");
    if (answer && answer->outcome == ObjectOutcome::exists) {
      const auto bytes = std::make_shared<Bytes>();
      const Answer found = get(key_, std::nullopt, bytes);
      if (found && found->outcome == ObjectOutcome::ok && as_text(*bytes) == "first") {
        return add("create", true, "the answer was lost, and the object is there");
      }
    }
    expect("create", ObjectOutcome::ok, answer);
  }

  Answer abort_upload(const std::shared_ptr<objects::S3Bucket>& bucket) {
    return node::await<ObjectResult>(
        own_, timeout_, [&](auto done) { objects::s3_try_abort(bucket, key_, std::move(done)); });
  }

  Answer create(std::string_view content) {
    return node::await<ObjectResult>(own_, timeout_, [&](auto done) {
      objects_.create(key_, make_source(to_bytes(content)), std::move(done));
    });
  }
  Answer put(const std::string& key, Bytes content) {
    return node::await<ObjectResult>(own_, timeout_, [&](auto done) {
      objects_.put(key, make_source(std::move(content)), std::move(done));
    });
  }
  Answer remove() {
    return node::await<ObjectResult>(own_, timeout_,
                                     [&](auto done) { objects_.remove(key_, std::move(done)); });
  }
  Answer get(const std::string& key, std::optional<ObjectStore::Range> range,
             const std::shared_ptr<Bytes>& into) {
    return node::await<ObjectResult>(own_, timeout_, [&](auto done) {
      objects_.get(key, range, make_sink(into, kReadMax), std::move(done));
    });
  }

  void read(const char* operation, std::optional<ObjectStore::Range> range,
            std::string_view wanted) {
    const auto bytes = std::make_shared<Bytes>();
    const Answer answer = get(key_, range, bytes);
    if (answer && answer->outcome == ObjectOutcome::ok && as_text(*bytes) != wanted) {
      return add(operation, false, "other bytes came back than were written");
    }
    expect(operation, ObjectOutcome::ok, answer);
  }

  /// False if nothing at all can be had here: then the rest would only say so again.
  bool list(const char* operation, const std::string& prefix) {
    const auto answer = node::await<ObjectListing>(
        own_, timeout_, [&](auto done) { objects_.list(prefix, {}, 10, std::move(done)); });
    if (!answer) {
      add_late(operation);
      return false;
    }
    expect(operation, ObjectOutcome::ok, answer->result);
    return answer->result.outcome != ObjectOutcome::unknown;
  }

  void read_cluster_id() {
    const auto bytes = std::make_shared<Bytes>();
    const Answer answer = get("cluster-id", std::nullopt, bytes);
    if (!answer) return add_late("cluster-id");
    if (answer->outcome == ObjectOutcome::absent) {
      return add("cluster-id", true, "none yet: the first node makes it");
    }
    if (answer->outcome != ObjectOutcome::ok)
      return expect("cluster-id", ObjectOutcome::ok, answer);
    const std::string id{as_text(*bytes)};
    const bool is_plain =
        !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 c == '-' || c == '_' || c == '.';
        });
    add("cluster-id", is_plain, is_plain ? id : "it holds no id");
  }

  OwnLoop& own_;
  ObjectStore& objects_;
  milliseconds timeout_;
  const std::string where_;
  DoctorReport& report_;
  const std::string key_;
};

// Whom the failing steps asked, and as whom, as far as it is known.
std::string where_of(OwnLoop& own, milliseconds timeout, const objects::S3Url& url,
                     const std::string& region) {
  const auto stated = node::await<Result<std::string>>(own, timeout, [&](auto done) {
    own.session().find_endpoint("s3", url.endpoint, std::move(done));
  });
  std::string where;
  if (stated && *stated) {
    const auto endpoint =
        (*stated)->empty() ? aws::endpoint_of("s3", region, url.is_dual_stack) : *stated;
    if (endpoint) where = "endpoint " + *endpoint;
  }
  const auto credentials = own.session().credentials();
  if (credentials && !(*credentials)->source().empty()) {
    where +=
        fmt::format("{}credentials from {}", where.empty() ? "" : ", ", (*credentials)->source());
  }
  return where.empty() ? where : fmt::format(" ({})", where);
}

Result<DoctorReport> examine_bucket(OwnLoop& own, const std::string& text, milliseconds timeout) {
  const auto url = objects::parse_s3_url(text);
  if (!url) return tl::unexpected(url.error());
  const auto objects = objects::open_s3_object_store(text, own.session(), limits_of_parts());
  if (!objects) return tl::unexpected(objects.error());
  DoctorReport report;
  report.subject = (*objects)->place();
  const auto region = node::examine_region(own, timeout, url->region, report);
  node::examine_credentials(own, timeout, report);
  report.iam_policy = node::least_iam_policy(*url, region.value_or(""));
  report.bucket_policy = node::least_bucket_policy(*url, region.value_or(""));
  if (!report.is_healthy()) return report;
  const auto bucket = std::make_shared<objects::S3Bucket>(*url, own.session(), limits_of_parts());
  StoreExamination{own, **objects, timeout, where_of(own, timeout, *url, *region), report}.run(
      bucket);
  bucket->close();
  return report;
}

}  // namespace

bool DoctorReport::is_healthy() const {
  return std::all_of(steps.begin(), steps.end(),
                     [](const DoctorStep& step) { return step.is_ok || !step.is_needed; });
}

Result<DoctorReport> examine_object_store(const std::string& url, milliseconds timeout,
                                          const AwsOptions& aws) {
  timeout = node::within_a_day(timeout);
  const auto own = OwnLoop::open(aws);
  if (!own) return tl::unexpected(own.error());
  if (url.starts_with("s3:")) return examine_bucket(**own, url, timeout);
  const auto objects = objects::make_object_store(url, (*own)->workers(), (*own)->session());
  if (!objects) return tl::unexpected(objects.error());
  DoctorReport report;
  report.subject = (*objects)->place();
  StoreExamination{**own, **objects, timeout, {}, report}.run(nullptr);
  return report;
}

}  // namespace gossamer
