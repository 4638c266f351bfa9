// Signs what scripts hand it, one JSON object a line, and answers with one line each. For the
// checks against others' signatures: keys in these requests are examples.
//
//   {"do":"sign"|"presign"|"steps", "method", "endpoint"|"host", "path", "query":[[name,value]..],
//    "headers":[[name,value]..], "payload_sha256", "region", "service", "at":seconds, "is_s3",
//    "access_key_id", "secret", "token", "expires":seconds}
//   {"do":"endpoint", "service", "region", "is_dual_stack"}
//   {"do":"measure", "times", ..as "sign"}

#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "aws/endpoint.hpp"
#include "aws/signature_v4.hpp"

namespace gossamer::aws {
namespace {

using Json = nlohmann::json;

Json error_line(const Error& error) {
  return Json{{"error", error.detail}};
}

Signable signable_of(const Json& order, const std::string& host) {
  Signable request;
  request.method = order.value("method", "GET");
  request.host = host;
  request.path = order.value("path", "/");
  for (const Json& pair : order.value("query", Json::array())) {
    request.query.emplace_back(pair.at(0), pair.at(1));
  }
  for (const Json& pair : order.value("headers", Json::array())) {
    request.headers.push_back({pair.at(0), pair.at(1)});
  }
  request.payload_sha256 = order.value("payload_sha256", "");
  return request;
}

SigningScope scope_of(const Json& order) {
  SigningScope scope;
  scope.region = order.value("region", "us-east-1");
  scope.service = order.value("service", "s3");
  scope.at = WallTime{std::chrono::seconds{order.value("at", std::int64_t{0})}};
  scope.is_s3 = order.value("is_s3", false);
  return scope;
}

Credentials credentials_of(const Json& order) {
  Credentials credentials;
  credentials.access_key_id = order.value("access_key_id", "");
  credentials.secret_access_key = Secret{order.value("secret", "")};
  credentials.session_token = Secret{order.value("token", "")};
  return credentials;
}

Json steps(const Signable& request, const SigningScope& scope, const Credentials& credentials) {
  const std::string canonical = canonical_request(request, scope);
  const std::string text = string_to_sign(canonical, scope);
  return Json{{"canonical_request", canonical},
              {"string_to_sign", text},
              {"signature", signature_of(text, scope, credentials.secret_access_key.reveal())}};
}

Json sign_line(const Signable& request, const SigningScope& scope, const Credentials& credentials) {
  const Signed result = sign(request, scope, credentials);
  Json headers = Json::array();
  for (const http::Header& header : result.headers) headers.push_back({header.name, header.value});
  return Json{{"target", result.target}, {"headers", headers}};
}

Json measure(const Signable& request, const SigningScope& scope, const Credentials& credentials,
             int times) {
  // The processor's time: the machine may have other things to do.
  const std::clock_t start = std::clock();
  std::size_t bytes = 0;
  for (int i = 0; i < times; ++i) bytes += sign(request, scope, credentials).target.size();
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  return Json{{"cpu_ns_per_signature", static_cast<int>(seconds * 1e9 / times)}, {"bytes", bytes}};
}

Json answer(const Json& order) {
  const std::string what = order.at("do");
  if (what == "endpoint") {
    const Result<std::string> url =
        endpoint_of(order.at("service").get<std::string>(), order.at("region").get<std::string>(),
                    order.at("is_dual_stack").get<bool>());
    return url ? Json{{"endpoint", *url}} : error_line(url.error());
  }
  std::string host = order.value("host", "");
  if (host.empty()) {
    const Result<std::string> endpoint = parse_endpoint_url(order.value("endpoint", ""));
    if (!endpoint) return error_line(endpoint.error());
    host = host_of(*endpoint);
  }
  const Signable request = signable_of(order, host);
  const SigningScope scope = scope_of(order);
  const Credentials credentials = credentials_of(order);
  if (what == "sign") return sign_line(request, scope, credentials);
  if (what == "steps") return steps(request, scope, credentials);
  if (what == "measure") return measure(request, scope, credentials, order.value("times", 10'000));
  if (what == "presign") {
    const std::chrono::seconds expires{order.value("expires", 3600)};
    return Json{{"target", presign(request, scope, credentials, expires)}};
  }
  return Json{{"error", "unknown order " + what}};
}

}  // namespace
}  // namespace gossamer::aws

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << gossamer::aws::answer(nlohmann::json::parse(line)).dump() << '\n';
    }
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "sign_request: %s\n", fault.what());
    return 1;
  }
  return 0;
}
