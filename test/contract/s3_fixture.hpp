#pragma once

#include <cstdlib>
#include <optional>
#include <string>

#include "aws/digest.hpp"
#include "aws/signed_client.hpp"
#include "contract/object_store_contract.hpp"
#include "loop/loop_fixture.hpp"
#include "objects/s3_object_store.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::test {

/// Where a server of S3's protocol is.
struct S3Place {
  std::string endpoint{}, access_key{}, secret_key{}, region{"us-east-1"}, bucket{"gossamer"};

  /// What test/servers/with.sh says of `server`. Fails the test without it.
  static S3Place of_server(const std::string& server) {
    const auto read = [&](const char* name) {
      const std::string variable = "GOSSAMER_TEST_" + server + "_" + name;
      const char* value = std::getenv(variable.c_str());
      if (value == nullptr) FAIL(variable << " is not set: run this test by test/servers/with.sh");
      return std::string{value};
    };
    return {read("ENDPOINT"), read("ACCESS_KEY"), read("SECRET_KEY"), read("REGION"),
            read("BUCKET")};
  }
};

/// Limits with which a test of faults does not take minutes.
inline objects::S3Limits quick_limits() {
  objects::S3Limits limits;
  limits.timeouts.first_byte = std::chrono::seconds{1};
  limits.timeouts.stall = std::chrono::seconds{1};
  limits.timeouts.whole = std::chrono::seconds{20};
  limits.repeats.pause = std::chrono::milliseconds{2};
  limits.repeats.pause_max = std::chrono::milliseconds{20};
  return limits;
}

/// One loop, and the stores on it that a test opens. Each fixture has a prefix of its own, so each
/// begins with an empty store.
class S3Fixture : public ObjectStoreFixture {
 public:
  explicit S3Fixture(S3Place place, objects::S3Limits limits = {}, std::string parameters = {})
      : place_(std::move(place)), limits_(limits), parameters_(std::move(parameters)) {
    auto opened = UvWorkers::open(on_.loop(), 2);
    REQUIRE(opened.has_value());
    workers_ = std::move(*opened);
    session_ = open_session(place_.access_key, place_.secret_key);
    store_ = open_another();
  }
  ~S3Fixture() override {
    store_.reset();
    session_.reset();
    workers_.reset();
    CHECK(on_.close());
  }

  ObjectStore& store() override { return *store_; }
  std::unique_ptr<ObjectStore> open_another() override { return open(limits_); }
  void run_until(UniqueFunction<bool()> is_met) override {
    if (!on_.run_until([&] { return is_met(); }, std::chrono::seconds{60})) {
      FAIL("the loop waits for something that does not come");
    }
  }

  std::unique_ptr<ObjectStore> open(objects::S3Limits limits, aws::Session* session = nullptr) {
    auto opened =
        objects::open_s3_object_store(url(), session == nullptr ? *session_ : *session, limits);
    REQUIRE(opened.has_value());
    return std::move(*opened);
  }
  std::unique_ptr<aws::Session> open_session(const std::string& access_key,
                                             const std::string& secret_key) {
    AwsOptions options;
    options.access_key_id = access_key;
    options.secret_access_key = secret_key;
    return std::make_unique<aws::Session>(
        on_.loop(), *workers_, std::move(options), 1,
        [](const std::string& name) -> std::optional<std::string> {
          if (name == "AWS_EC2_METADATA_DISABLED") return "true";
          return std::nullopt;
        });
  }
  std::string url() const {
    return "s3://" + place_.bucket + "/" + prefix_ + "?region=" + place_.region +
           "&endpoint=" + place_.endpoint + parameters_;
  }
  template <class T, class Start>
  T await(Start start) {
    auto answer = std::make_shared<std::optional<T>>();
    start(UniqueFunction<void(T)>{[answer](T value) { answer->emplace(std::move(value)); }});
    run_until([answer] { return answer->has_value(); });
    return std::move(**answer);
  }

  /// A request past the store.
  aws::Call raw_call(std::string method, const std::string& key) const {
    aws::Call call;
    call.method = std::move(method);
    call.path = "/" + place_.bucket + "/" + prefix() + "/" + key;
    return call;
  }
  Result<http::Response> send_raw(aws::Call call) {
    const auto client = session().client();
    const auto credentials = session().credentials();
    REQUIRE((client && credentials));
    aws::SignedClient::Options options;
    options.endpoint = place_.endpoint;
    options.region = place_.region;
    options.service = "s3";
    aws::SignedClient signer{on().loop(), **client, **credentials, options, 1};
    return await<Result<http::Response>>(
        [&](auto done) { signer.send(std::move(call), {}, std::move(done)); });
  }

  /// Uploads in parts that were begun below the prefix and not ended.
  std::size_t count_uploads() {
    aws::Call call = raw_call("GET", "");
    call.path = "/" + place_.bucket;
    call.query = {{"uploads", ""}, {"prefix", prefix()}};
    const auto answer = send_raw(std::move(call));
    REQUIRE((answer && answer->is_success()));
    std::size_t count = 0;
    const std::string text = to_text(answer->body);
    for (std::size_t at = text.find("<UploadId>"); at != std::string::npos;
         at = text.find("<UploadId>", at + 1)) {
      ++count;
    }
    return count;
  }

  const std::string& prefix() const { return prefix_; }
  LoopFixture& on() { return on_; }
  UvWorkers& workers() { return *workers_; }
  aws::Session& session() { return *session_; }

 private:
  static std::string unique_prefix() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return "test-" + std::to_string(now);
  }

  const S3Place place_;
  const objects::S3Limits limits_;
  const std::string parameters_;
  const std::string prefix_ = unique_prefix();
  LoopFixture on_;
  std::unique_ptr<UvWorkers> workers_;
  std::unique_ptr<aws::Session> session_;
  std::unique_ptr<ObjectStore> store_;
};

}  // namespace gossamer::test
