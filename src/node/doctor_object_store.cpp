// Every operation that gossamer needs of an object store, one after the other.

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "gossamer/doctor.hpp"
#include "node/cloud_steps.hpp"
#include "node/least_policy.hpp"
#include "node/own_loop.hpp"
#include "node/private_file.hpp"
#include "node/timeout.hpp"
#include "objects/object_store_url.hpp"
#include "objects/s3_object_store.hpp"

namespace gossamer {
namespace {

using node::OwnLoop;
using std::chrono::milliseconds;

constexpr std::size_t kReadMax = 64 * 1024;
constexpr std::size_t kInParts = 9 * 1024 * 1024;  // More than one part of an upload.

class StoreExamination {
 public:
  StoreExamination(OwnLoop& own, ObjectStore& objects, milliseconds timeout, DoctorReport& report)
      : own_(own),
        objects_(objects),
        timeout_(timeout),
        report_(report),
        key_("probe/" + to_hex(node::draw_random_bytes(16))) {}

  void run(bool has_parts) {
    if (!list("list", "probe/")) return;
    expect("create", ObjectOutcome::ok, create("first"));
    expect("create again", ObjectOutcome::exists, create("second"));
    read("get", std::nullopt, "first");
    read("get a range", ObjectStore::Range{1, 3}, "irs");
    expect("put", ObjectOutcome::ok, put(key_, to_bytes("third")));
    if (has_parts) expect("put in parts", ObjectOutcome::ok, put(key_, Bytes(kInParts)));
    expect("remove", ObjectOutcome::ok, remove());
    read_cluster_id();
  }

 private:
  using Answer = std::optional<ObjectResult>;

  void add(std::string operation, bool is_ok, std::string detail) {
    report_.steps.push_back({std::move(operation), is_ok, true, std::move(detail)});
  }
  void expect(const char* operation, ObjectOutcome wanted, const Answer& answer) {
    if (!answer) return add(operation, false, "no answer in time");
    if (answer->outcome == wanted) return add(operation, true, {});
    std::string detail = answer->detail;
    if (wanted == ObjectOutcome::exists && answer->outcome == ObjectOutcome::ok) {
      detail = "a second create of one key succeeded: create-only is not honoured, so claims mean "
               "nothing here";
    }
    add(operation, false, fmt::format("{}: {}", to_string(answer->outcome), detail));
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
    return node::await<ObjectResult>(
        own_, timeout_, [&](auto done) { objects_.remove(key_, std::move(done)); });
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
    const auto answer = node::await<ObjectListing>(own_, timeout_, [&](auto done) {
      objects_.list(prefix, {}, 10, std::move(done));
    });
    if (!answer) {
      add(operation, false, "no answer in time");
      return false;
    }
    expect(operation, ObjectOutcome::ok, answer->result);
    return answer->result.outcome != ObjectOutcome::unknown;
  }

  void read_cluster_id() {
    const auto bytes = std::make_shared<Bytes>();
    const Answer answer = get("cluster-id", std::nullopt, bytes);
    if (!answer) return add("cluster-id", false, "no answer in time");
    if (answer->outcome == ObjectOutcome::absent) {
      return add("cluster-id", true, "none yet: the first node makes it");
    }
    if (answer->outcome != ObjectOutcome::ok) return expect("cluster-id", ObjectOutcome::ok, answer);
    const std::string id{as_text(*bytes)};
    const bool is_plain = !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
             c == '_' || c == '.';
    });
    add("cluster-id", is_plain, is_plain ? id : "it holds no id");
  }

  OwnLoop& own_;
  ObjectStore& objects_;
  milliseconds timeout_;
  DoctorReport& report_;
  const std::string key_;
};

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
  const auto objects = objects::make_object_store(url, (*own)->workers(), (*own)->session());
  if (!objects) return tl::unexpected(objects.error());
  DoctorReport report;
  report.subject = (*objects)->place();
  const auto bucket = url.starts_with("s3:") ? objects::parse_s3_url(url) : Result<objects::S3Url>{};
  const bool is_s3 = url.starts_with("s3:") && bucket.has_value();
  if (is_s3) {
    const auto region = node::examine_region(**own, timeout, bucket->region, report);
    node::examine_credentials(**own, timeout, report);
    report.iam_policy = node::least_iam_policy(*bucket, region.value_or(""));
    report.bucket_policy = node::least_bucket_policy(*bucket, region.value_or(""));
    if (!report.is_healthy()) return report;
  }
  StoreExamination{**own, **objects, timeout, report}.run(is_s3);
  return report;
}

}  // namespace gossamer
