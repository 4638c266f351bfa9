#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "admin_client.hpp"
#include "gossamer/options.hpp"
#include "gossamer/service_spec.hpp"

// The subcommands of `gossamer`. Each returns the exit status: 0, 1 for what failed, 2 for a wrong
// use; what failed is one sentence on standard error.

namespace gossamer::cli {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

/// One line on standard output. `print_text`: of what others have chosen.
void print_line(const std::string& line);
void print_text(const std::string& line);

int complain(int status, const std::string& sentence);
int complain(const Error& error);

/// `gossamer node`.
struct NodeArguments {
  NodeOptions options{};
  std::string admission_path{};  ///< Of the file that becomes options.admission.own.
  std::chrono::milliseconds join_timeout{5'000};
  bool is_json = false;
};
int run_node(NodeArguments arguments);

/// Where the readers find a running node, and how they print.
struct ReaderArguments {
  std::string admin{};
  std::string data{};
  std::string token_file{};
  std::string token{};  ///< Of `token_file`, or of the environment.
  bool is_json = false;

  /// A path, or ADDRESS:PORT.
  std::string socket() const { return admin.empty() ? data + "/admin.sock" : admin; }
  examples::AdminPlace place() const { return {socket(), token}; }
  /// Whether `admin` can be meant as it stands. The exit status if it cannot.
  int check_admin() const;
  /// Reads the token that an ADDRESS:PORT needs. The exit status if it cannot.
  int find_token();
};
int show_members(const ReaderArguments& reader);
int show_services(const ReaderArguments& reader);
int show_counters(const ReaderArguments& reader);
int resolve(const ReaderArguments& reader, const std::string& name);
int watch(const ReaderArguments& reader, const std::string& name);
int show_events(const ReaderArguments& reader);
int deploy(const ReaderArguments& reader, const ServiceSpec& spec);
int undeploy(const ReaderArguments& reader, const std::string& service);
int freeze(const ReaderArguments& reader, const std::string& service, std::uint32_t ordinal);
/// Of a running node, or of `discovery_urls` if there are any: seeds, and why other machines are
/// none.
int show_seeds(const ReaderArguments& reader, const std::vector<std::string>& discovery_urls);

/// `gossamer doctor`: tries what gossamer needs of a place, and says what it needs.
int examine_object_store(const std::string& url, bool is_json);
int examine_ec2(const std::string& url, bool is_json);

/// `gossamer keys`. What is so already is no failure. Those that add and use return when every live
/// member has followed, or after `wait`; for so long the one that removes waits until it can.
int make_key(const std::string& path, bool is_json);
/// `gossamer admin-token new`.
int make_admin_token(const std::string& path, bool is_json);
int list_keys(const ReaderArguments& reader);
int add_key(const ReaderArguments& reader, const std::string& path, std::chrono::milliseconds wait);
int use_key(const ReaderArguments& reader, const std::string& id, std::chrono::milliseconds wait);
int remove_key(const ReaderArguments& reader, const std::string& id,
               std::chrono::milliseconds wait);

/// `gossamer authority`, and `gossamer identity`.
struct AdmitArguments {
  std::string authority_path{};
  std::string node{};  ///< Its public key.
  std::string cluster = "gossamer";
  std::int64_t days = 90;  ///< From now; 0: without end.
};
int make_authority(const std::string& path, bool is_json);
int show_authority(const std::string& path, bool is_json);
int admit(const AdmitArguments& arguments, bool is_json);
int show_identity(const std::string& data_directory, bool is_json);

}  // namespace gossamer::cli
