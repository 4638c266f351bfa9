#pragma once

#include <memory>
#include <string>

#include "contract/s3_fixture.hpp"
#include "gossamer/fake_cloud.hpp"

namespace gossamer::test {

inline std::unique_ptr<FakeCloud> start_cloud(FakeCloud::Options options = {}) {
  auto started = FakeCloud::start(std::move(options));
  REQUIRE(started.has_value());
  return std::move(*started);
}

/// A fake cloud of its own for each test.
class S3CloudFixture final : public S3Fixture {
 public:
  explicit S3CloudFixture(objects::S3Limits limits = {}, std::string parameters = {},
                          const std::string& host = "127.0.0.1", FakeCloud::Options options = {})
      : S3CloudFixture(start_cloud(std::move(options)), limits, std::move(parameters), host) {}

  ObjectResult get_result(std::string key,
                          std::shared_ptr<Bytes> into = std::make_shared<Bytes>()) {
    return await<ObjectResult>([&](auto done) {
      store().get(std::move(key), std::nullopt, make_sink(into, 64 * 1024 * 1024), std::move(done));
    });
  }

  std::unique_ptr<FakeCloud> cloud;

 private:
  S3CloudFixture(std::unique_ptr<FakeCloud> started, objects::S3Limits limits,
                 std::string parameters, const std::string& host)
      : S3Fixture(place_of(*started, host), limits, std::move(parameters)),
        cloud(std::move(started)) {}

  static S3Place place_of(const FakeCloud& cloud, const std::string& host) {
    const FakeCloud::Options options;
    std::string endpoint = cloud.endpoint();
    endpoint.replace(endpoint.find("127.0.0.1"), 9, host);
    return {endpoint, options.access_key_id, options.secret_access_key};
  }
};

}  // namespace gossamer::test
