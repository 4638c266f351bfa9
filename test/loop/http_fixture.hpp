#pragma once

#include <stdlib.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/client.hpp"
#include "loop/loop_fixture.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::test {

/// The proxy variables of the environment, set for one test, or by default unset.
class ProxyVariables {
 public:
  ProxyVariables() {
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                             "no_proxy", "NO_PROXY"}) {
      unsetenv(name);
    }
  }
  ~ProxyVariables() {
    for (const std::string& name : set_) unsetenv(name.c_str());
  }
  ProxyVariables(const ProxyVariables&) = delete;
  ProxyVariables& operator=(const ProxyVariables&) = delete;
  void set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }

 private:
  std::vector<std::string> set_;
};

/// Bounds that even a machine with much else to do stays within.
inline http::Timeouts patience() {
  using std::chrono::seconds;
  return {seconds{60}, seconds{60}, seconds{60}, seconds{300}};
}

inline http::Request get(std::string url) {
  http::Request request;
  request.url = std::move(url);
  request.timeouts = patience();
  return request;
}

inline http::Request put(std::string url, std::string_view body) {
  http::Request request = get(std::move(url));
  request.method = "PUT";
  request.body = make_source(to_bytes(body));
  return request;
}

/// A client on a loop of its own.
class HttpFixture {
 public:
  explicit HttpFixture(http::ClientOptions options = {}) {
    auto opened_workers = UvWorkers::open(fixture.loop(), 2);
    REQUIRE(opened_workers);
    workers = std::move(*opened_workers);
    auto opened = http::Client::open(fixture.loop(), *workers, std::move(options));
    REQUIRE(opened);
    client = std::move(*opened);
  }

  /// Sends it and waits for its end.
  Result<http::Response> fetch(http::Request request) {
    std::optional<Result<http::Response>> ended;
    client->send(std::move(request), [&](Result<http::Response> with) { ended = std::move(with); });
    CHECK_FALSE(ended);
    REQUIRE(fixture.run_until([&] { return ended.has_value(); }, std::chrono::seconds{60}));
    return std::move(*ended);
  }
  Result<http::Response> fetch(std::string url) {
    http::Request request;
    request.url = std::move(url);
    request.timeouts = patience();
    return fetch(std::move(request));
  }
  /// Turns the loop until `is_done`.
  template <class IsDone>
  bool run_until(IsDone is_done, Duration limit = std::chrono::seconds{30}) {
    return fixture.run_until(std::move(is_done), limit);
  }

  ProxyVariables proxies;
  LoopFixture fixture;
  std::unique_ptr<UvWorkers> workers;
  std::unique_ptr<http::Client> client;
};

/// So that what `ended` says is shown when it is not what was wanted.
inline std::string shown(const Result<http::Response>& ended) {
  if (ended) return std::to_string(ended->status) + " " + to_text(ended->body);
  return std::string{to_string(ended.error().code)} + ": " + ended.error().detail;
}

}  // namespace gossamer::test
