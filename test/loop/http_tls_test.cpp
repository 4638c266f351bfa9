#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "loop/http_fixture.hpp"
#include "loop/scripted_http_server.hpp"

namespace gossamer::http {
namespace {

using test::HttpFixture;
using test::ScriptedHttpServer;
using test::ServerConnection;
using test::shown;

/// A program of OpenSSL's, with its output in a pipe.
class Openssl {
 public:
  explicit Openssl(const std::vector<std::string>& arguments) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<std::string> words{"openssl"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    REQUIRE(::posix_spawnp(&pid_, "openssl", &actions, nullptr, argv.data(), environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Openssl() {
    kill();
    ::close(output_);
  }
  Openssl(const Openssl&) = delete;
  Openssl& operator=(const Openssl&) = delete;

  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }
  void kill() {
    if (pid_ == -1) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  /// The next line of its output; empty at its end.
  std::string read_line() {
    std::string line;
    for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

/// A key and a certificate that nobody has signed but itself, made for this test.
class Certificate {
 public:
  explicit Certificate(const std::string& names) {
    std::string name = std::filesystem::temp_directory_path() / "gossamer-tls-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
    Openssl made{{"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                  "-nodes", "-days", "2", "-subj", "/CN=gossamer-test", "-addext",
                  "subjectAltName=" + names, "-keyout", key(), "-out", file()}};
    REQUIRE(made.wait() == 0);
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string key() const { return folder_ / "key.pem"; }
  std::string file() const { return folder_ / "certificate.pem"; }

 private:
  std::filesystem::path folder_;
};

/// OpenSSL's own server on a loopback port; answers each GET with a page about the connection.
class TlsServer {
 public:
  explicit TlsServer(const Certificate& certificate)
      : program_({"s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate.file(), "-key",
                  certificate.key()}) {
    for (std::string line = program_.read_line(); !line.empty(); line = program_.read_line()) {
      if (line.substr(0, 7) != "ACCEPT ") continue;
      url_ = "https://" + line.substr(7) + "/";
      return;
    }
    FAIL("openssl s_server told no port");
  }
  const std::string& url() const { return url_; }
  void kill() { program_.kill(); }

 private:
  Openssl program_;
  std::string url_;
};

ClientOptions trusting(const Certificate& certificate) {
  ClientOptions options;
  options.ca_file = certificate.file();
  return options;
}

TEST_CASE("http: a certificate that nobody trusted has signed is refused", "[http]") {
  const Certificate certificate{"IP:127.0.0.1"};
  TlsServer server{certificate};
  HttpFixture http;
  const auto ended = http.fetch(server.url() + "?secret");
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::permission_denied);
  CHECK(ended.error().detail.find("certificate") != std::string::npos);
  CHECK(ended.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("http: a certificate that the authorities' file holds is accepted", "[http]") {
  const Certificate certificate{"IP:127.0.0.1"};
  TlsServer server{certificate};
  HttpFixture http{trusting(certificate)};
  const auto ended = http.fetch(server.url());
  INFO(shown(ended));
  REQUIRE(ended);
  CHECK(ended->status == 200);
  CHECK(to_text(ended->body).find("s_server") != std::string::npos);
}

TEST_CASE("http: a trusted certificate of another host is refused", "[http]") {
  const Certificate certificate{"DNS:other.example,IP:127.0.0.2"};
  TlsServer server{certificate};
  HttpFixture http{trusting(certificate)};
  const auto ended = http.fetch(server.url());
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::permission_denied);
}

TEST_CASE("http: with a file of authorities, those of the system are not trusted beside it",
          "[http]") {
  const Certificate ours{"IP:127.0.0.1"};
  const Certificate theirs{"IP:127.0.0.1"};
  TlsServer server{theirs};
  HttpFixture http{trusting(ours)};
  const auto ended = http.fetch(server.url());
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::permission_denied);
}

TEST_CASE("http: an authorities' file that cannot be read is said at once", "[http]") {
  test::LoopFixture fixture;
  auto workers = UvWorkers::open(fixture.loop(), 1);
  REQUIRE(workers);
  ClientOptions options;
  options.ca_file = "/no/such/file.pem";
  const auto client = Client::open(fixture.loop(), **workers, options);
  REQUIRE_FALSE(client);
  CHECK(client.error().code == ErrorCode::io);
  CHECK(client.error().detail.find("/no/such/file.pem") != std::string::npos);
}

TEST_CASE("http: a handshake that is cut off is no refusal, one that is not TLS is", "[http]") {
  const bool is_cut = GENERATE(true, false);
  ScriptedHttpServer server{[&](ServerConnection& connection, int) {
    connection.read_some(1);
    if (is_cut) return connection.reset();
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.wait_for_close();
  }};
  HttpFixture http;
  const auto ended = http.fetch("https" + server.url().substr(4));
  INFO(shown(ended));
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == (is_cut ? ErrorCode::unavailable : ErrorCode::permission_denied));
}

/// Zeros, and how far they were read.
class CountingSource final : public ByteSource {
 public:
  std::uint64_t size() const override { return 200'000'000; }
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t>) override {
    read_to = offset;
    return {};
  }
  std::atomic<std::uint64_t> read_to{0};
};

TEST_CASE("http: a TLS server that dies in the midst of a body kills nobody", "[http]") {
  const Certificate certificate{"IP:127.0.0.1"};
  TlsServer server{certificate};
  HttpFixture http{trusting(certificate)};
  auto source = std::make_shared<CountingSource>();
  Request request;
  request.method = "PUT";
  request.url = server.url();
  request.body = source;
  request.timeouts = test::patience();
  std::optional<Result<Response>> ended;
  http.client->send(request, [&](Result<Response> with) { ended = std::move(with); });
  // The third chunk is read when the first is sent.
  CHECK(http.run_until([&] { return source->read_to > 1'000'000 || ended; }));
  server.kill();
  CHECK(http.run_until([&] { return ended.has_value(); }));
  INFO(shown(*ended));
  REQUIRE_FALSE(*ended);
  CHECK(ended->error().code == ErrorCode::unknown_outcome);
}

}  // namespace
}  // namespace gossamer::http
