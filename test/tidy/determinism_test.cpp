// Nothing below the adapters touches a clock, a socket, a file, a thread, an environment variable
// or entropy, nor depends on the order of a hash table or on a library's own distributions.

#include <catch2/catch.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "source_text.hpp"

namespace gossamer::tidy {
namespace {

using Set = std::set<std::string>;

const Set kEngines = {"gossip", "membership", "naming", "ownership", "journal"};

// The last part of a name, so that `std::chrono::steady_clock` and `steady_clock` are one.
std::string last_part(const std::string& name) {
  const std::size_t at = name.rfind("::");
  return at == std::string::npos ? name : name.substr(at + 2);
}

std::vector<std::string> uses(const Set& rooms, const Set& banned) {
  std::vector<std::string> problems;
  for (const std::string& room : rooms) {
    for (const auto& file : sources_in("src/" + room)) {
      for (const Word& word : words_of(read(file))) {
        if (banned.count(word.text) + banned.count(last_part(word.text)) == 0) continue;
        problems.push_back(shown(file) + ":" + std::to_string(word.line) + " uses " + word.text);
      }
    }
  }
  return problems;
}

Set with(Set set, const Set& more) {
  set.insert(more.begin(), more.end());
  return set;
}

TEST_CASE("determinism: no clock, entropy, environment or thread below the adapters") {
  report(uses(with(kEngines, {"base", "driver", "wire", "ports"}), {"steady_clock",
                                                                    "system_clock",
                                                                    "high_resolution_clock",
                                                                    "clock_gettime",
                                                                    "gettimeofday",
                                                                    "random_device",
                                                                    "mt19937",
                                                                    "mt19937_64",
                                                                    "randombytes_buf",
                                                                    "randombytes",
                                                                    "getrandom",
                                                                    "getenv",
                                                                    "secure_getenv",
                                                                    "std::thread",
                                                                    "std::jthread",
                                                                    "std::async",
                                                                    "pthread_create",
                                                                    "std::mutex",
                                                                    "std::shared_mutex",
                                                                    "condition_variable",
                                                                    "thread_local",
                                                                    "sleep_for",
                                                                    "sleep_until",
                                                                    "usleep",
                                                                    "std::rand",
                                                                    "srand",
                                                                    "std::time"}));
}

TEST_CASE("determinism: no file or socket below the adapters") {
  report(uses(with(kEngines, {"base", "driver", "wire", "ports"}),
              {"ifstream", "ofstream", "fstream", "fopen", "filesystem", "std::cout", "std::cerr",
               "recvfrom", "sendto", "uv_loop_t"}));
}

TEST_CASE("determinism: nothing depends on the order of a hash table") {
  report(uses(
      with(kEngines, {"base", "driver", "wire"}),
      {"unordered_map", "unordered_set", "unordered_multimap", "unordered_multiset", "std::hash"}));
}

TEST_CASE("determinism: random draws are our own, the same with every library") {
  report(uses(with(kEngines, {"base", "driver"}),
              {"std::shuffle", "std::sample", "uniform_int_distribution",
               "uniform_real_distribution", "bernoulli_distribution", "normal_distribution",
               "exponential_distribution", "default_random_engine"}));
}

TEST_CASE("determinism: engines decide without floating point") {
  report(uses(kEngines, {"float", "double", "std::log", "log10", "std::pow", "sqrt"}));
}

TEST_CASE("determinism: engines write nothing and call nobody back") {
  report(uses(kEngines, {"printf", "fprintf", "fmt::print", "std::function", "UniqueFunction"}));
}

TEST_CASE("determinism: no static that changes, in any room") {
  // A static that is neither constant nor a function.
  static const std::regex variable{
      R"(^\s*(inline\s+)?(static|thread_local)\s+(?!constexpr\b|const\b|inline\b)[^()]*(=|;|\{))"};
  std::vector<std::string> problems;
  for (const auto& file : sources_in("src")) {
    int number = 0;
    for (const std::string& line : lines_of(without_comments_and_strings(read(file)))) {
      ++number;
      if (!std::regex_search(line, variable)) continue;
      problems.push_back(shown(file) + ":" + std::to_string(number) + " " + line);
    }
  }
  report(problems);
}

}  // namespace
}  // namespace gossamer::tidy
