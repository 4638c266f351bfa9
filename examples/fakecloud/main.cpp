// gossamer-fakecloud: EC2, IMDSv2 and S3 on one loopback port, for tests in any language.

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "fakecloud/control_json.hpp"
#include "gossamer/fake_cloud.hpp"

namespace gossamer::fakecloud_program {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

constexpr const char* kFooter =
    R"(Secrets are not taken from the command line: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the
environment name the key that is accepted; without them it is AKFAKE and FAKESECRETFAKESECRET.

When it serves, it prints one line of JSON with its endpoint, where each machine's metadata is, and
its pid. SIGTERM ends it.

S3, EC2 and STS are at the endpoint. What a machine knows of itself (IMDSv2) is at ENDPOINT/imds/ID:
  AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:9000/imds/i-0123456789abcdef0

It listens on 127.0.0.1 alone. The paths below /_control/ ask for no signature: whoever reaches the
port may use them.
  POST instances  {"id":.., "state":.., "private_v4":.., "public_v4":.., "ipv6":.., "zone":..,
                   "vpc":.., "instance_type":.., "tags":{..}}, or an array; all fields optional
  POST state      {"id":.., "state":"stopped"}
  POST tags       {"id":.., "tags":{"cluster":"c1"}}
  POST notice     {"id":.., "action":"terminate", "in_seconds":120}; or stop, hibernate, rebalance
  POST faults     {"kind":.., "service":.., "operation":.., "key_prefix":.., "status":.., "code":..,
                   "delay_ms":.., "percent":.., "times":..}, an array; {"clear":true}; {"remove":1}
                  kinds: status status_after_success late hang hang_after_success reset torn slow
                  skewed_clock expired_token empty_page unconditional
  POST expire     temporary credentials end now
  POST reset      everything as at the start, without instances
  GET  counters, instances, faults

Examples:
  gossamer-fakecloud --port 9000 --instances machines.json
  curl -d '{"private_v4":"10.0.0.1","tags":{"cluster":"c1"}}' 127.0.0.1:9000/_control/instances
  curl -d '{"kind":"status","service":"s3","percent":20}' 127.0.0.1:9000/_control/faults
  aws --endpoint-url http://127.0.0.1:9000 s3 cp file s3://bucket/file

Exit status: 0, 1 if it failed, 2 for a wrong use.)";

struct Arguments {
  FakeCloud::Options options{};
  std::string instances_file{};
  std::int64_t credentials_life = 3'600;
};

int complain(int status, const std::string& what) {
  fmt::print(stderr, "gossamer-fakecloud: {}\n", what);
  return status;
}

void take_key_from_environment(FakeCloud::Options& options) {
  const char* id = std::getenv("AWS_ACCESS_KEY_ID");
  const char* secret = std::getenv("AWS_SECRET_ACCESS_KEY");
  if (id == nullptr || secret == nullptr || *id == '\0' || *secret == '\0') return;
  options.access_key_id = id;
  options.secret_access_key = secret;
}

Result<void> add_instances_of_file(const std::string& path, FakeCloud& cloud) {
  std::error_code unknown;
  std::ifstream file{path};
  if (!file || std::filesystem::is_directory(path, unknown)) {
    return fail(ErrorCode::io,
                fmt::format("cannot read the machines in '{}': {}", path,
                            file ? "it is a directory" : "no file that can be read"));
  }
  std::string why;
  try {
    for (FakeInstance& instance : fakecloud::instances_of(nlohmann::json::parse(file))) {
      cloud.add_instance(std::move(instance));
    }
    return {};
  } catch (const nlohmann::json::exception& error) {
    why = error.what();
  } catch (const std::invalid_argument& error) {
    why = error.what();
  } catch (const std::ios_base::failure& error) {
    why = error.what();
  }
  return fail(ErrorCode::invalid_argument, fmt::format("the machines in '{}': {}", path, why));
}

/// 1,024 clients are more than a shell's usual bound of descriptors leaves room for.
void allow_many_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4'096);
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(Arguments arguments) {
  allow_many_connections();
  // Blocked before any thread is there, so that only sigwait takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  take_key_from_environment(arguments.options);
  arguments.options.credentials_life = std::chrono::seconds{arguments.credentials_life};
  auto cloud = FakeCloud::start(arguments.options);
  if (!cloud) return complain(kFailed, cloud.error().detail);
  if (!arguments.instances_file.empty()) {
    const auto added = add_instances_of_file(arguments.instances_file, **cloud);
    if (!added) return complain(kFailed, added.error().detail);
  }
  const nlohmann::json ready = {{"endpoint", (*cloud)->endpoint()},
                                {"metadata_endpoint", (*cloud)->metadata_endpoint("ID")},
                                {"container_endpoint", (*cloud)->container_endpoint()},
                                {"region", arguments.options.region},
                                {"pid", ::getpid()}};
  std::puts(ready.dump().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  (*cloud)->stop();
  return 0;
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"EC2 DescribeInstances, IMDSv2 and a subset of S3 on one loopback port, for tests"};
  app.footer(kFooter);
  app.add_option("--port", arguments.options.port, "0 picks a free one")
      ->check(CLI::Range(0, 65'535))
      ->capture_default_str();
  app.add_option("--region", arguments.options.region, "What signatures must be scoped to")
      ->capture_default_str();
  app.add_option("--seed", arguments.options.seed, "Of faults, ids and keys")
      ->capture_default_str();
  app.add_option("--instances", arguments.instances_file,
                 "JSON file: an array of machines, as POST instances takes it");
  app.add_option("--credentials-life", arguments.credentials_life,
                 "Seconds that temporary credentials live")
      ->check(CLI::Range(1, 43'200))
      ->capture_default_str();
  app.add_option("--bytes-max", arguments.options.bytes_max, "Most bytes of objects and requests")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40))
      ->capture_default_str();
  app.add_option("--page-max", arguments.options.page_max, "Most keys or instances in a page")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return complain(kUsage, fmt::format("{} (see --help)", error.what()));
  }
  return serve(std::move(arguments));
}

}  // namespace
}  // namespace gossamer::fakecloud_program

int main(int argc, char** argv) {
  return gossamer::fakecloud_program::run(argc, argv);
}
