// What `gossamer node` can be told.

#include "node_flags.hpp"

#include <fmt/format.h>

#include <charconv>

#include "environment.hpp"
#include "ledger.hpp"
#include "validators.hpp"

namespace gossamer::cli {

namespace {

/// Empty if they are not hex digits.
std::string bytes_of_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    if (error != std::errc{} || end != hex.data() + i + 2) return {};
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

/// Takes the secrets of the environment, and checks what must be said together.
void complete(NodeFlags& flags) {
  flags.key_hex = take_from_environment("GOSSAMER_KEY");
  const int given = (flags.key_file.empty() ? 0 : 1) + (flags.key_hex.empty() ? 0 : 1) +
                    (flags.insecure_count > 0 ? 1 : 0);
  if (given != 1) {
    throw CLI::ValidationError("--key-file FILE, GOSSAMER_KEY, or --insecure",
                               "exactly one of them is needed");
  }
  if (!flags.key_hex.empty() && bytes_of_hex(flags.key_hex).size() != 32) {
    throw CLI::ValidationError("GOSSAMER_KEY", "not the 64 hex digits of a key file");
  }
  // The variable may be there for the readers.
  flags.admin_token = take_from_environment("GOSSAMER_ADMIN_TOKEN");
  if (flags.admin_listen.empty() || !flags.admin_token_file.empty()) flags.admin_token.clear();
  if (!flags.admin_listen.empty() && flags.admin_token_file.empty() && flags.admin_token.empty()) {
    throw CLI::ValidationError(
        "--admin-listen", "a token is needed: --admin-token-file FILE, or GOSSAMER_ADMIN_TOKEN");
  }
}

/// Who is heard, and who is believed.
void describe_peers(CLI::App& node, NodeFlags& flags) {
  node.add_option("--allow", flags.allowed_peers,
                  "Hear and speak to these addresses only, as 10.0.0.0/8; may be repeated");
  node.add_option(
          "--authority", flags.authorities,
          "Believe only whom this authority has admitted, by its public key; may be repeated")
      ->check(hex_digits({64}));
  node.add_option("--admission", flags.admission,
                  "A file with what `gossamer authority admit` has printed for this node")
      ->check(file_name());
  node.add_option(
          "--allow-node", flags.allowed_nodes,
          "Believe this node without an admission, by its id or public key; may be repeated")
      ->check(hex_digits({32, 64}));
}

}  // namespace

void describe(CLI::App& node, NodeFlags& flags) {
  node.parse_complete_callback([&] { complete(flags); });
  node.add_option("--name", flags.name, "Label for people")->required()->check(length(1, 64));
  node.add_option("--cluster", flags.cluster, "Nodes of other clusters are not heard")
      ->check(length(1, 64))
      ->capture_default_str();
  node.add_option("--bind", flags.bind, "UDP and TCP; port 0 picks a free one")
      ->check(endpoint())
      ->capture_default_str();
  node.add_option("--advertise", flags.advertise, "What others are told")->check(endpoint());
  node.add_option("--data", flags.data, "Data directory: identity, caches, stores of services");
  node.add_option(
          "--key-file", flags.key_file,
          "The cluster's secret; `gossamer keys new` makes one. Or GOSSAMER_KEY, 64 hex digits")
      ->check(file_name());
  node.add_flag("--insecure", flags.insecure_count,
                "No secret: for trials on one machine. Said twice: beyond loopback as well");
  node.add_option("--discover", flags.discover, "Where to look for members; may be repeated")
      ->check(discovery_url());
  describe_peers(node, flags);
  node.add_option("--object-store", flags.object_store, "Where journals and frozen state live")
      ->check(object_store_url());
  node.add_flag(
      "--hide-objects", flags.hides_objects,
      "Encrypt what is written into the object store; all nodes read it with or without this");
  node.add_flag("--watch-termination", flags.watches_termination,
                "Freeze and leave by itself when EC2 says that this machine will be taken away");
  node.add_option("--known-schema", flags.known_schemas,
                  "Records of this schema are read at once, not only after three members lived "
                  "with them; may be repeated");
  node.add_option("--admin", flags.admin, "Admin socket; default DATA/admin.sock");
  auto* listen = node.add_option("--admin-listen", flags.admin_listen,
                                 "Answers the same by TCP, sealed, to who has the token")
                     ->check(endpoint());
  node.add_option("--admin-token-file", flags.admin_token_file,
                  "The token; `gossamer admin-token new` makes one. Or GOSSAMER_ADMIN_TOKEN")
      ->check(file_name())
      ->needs(listen);
  node.add_option("--profile", flags.profile, "How quickly silence means death")
      ->check(CLI::IsMember({"fast", "default", "calm"}))
      ->capture_default_str();
  node.add_option("--metadata", flags.metadata, "Bytes that every member sees")
      ->check(length(0, 256));
  node.add_option("--zone", flags.zone,
                  "Where this machine is, as every member sees it; with ec2: the machine is asked")
      ->check(length(1, 64));
  node.add_option("--join-timeout-ms", flags.join_timeout_ms,
                  "Then it goes on alone, and keeps looking")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{600'000}))
      ->capture_default_str();
  node.add_option("--replay-window-ms", flags.replay_window_ms,
                  "Milliseconds within which packets arrive and clocks agree; 0: any age is taken")
      ->check(zero_or(10'000, 3'600'000))
      ->capture_default_str();
  node.add_flag("--json", flags.is_json, "Events as JSON, one a line");
  node.footer(
      "Example:\n  gossamer keys new key\n"
      "  gossamer node --name a --key-file key --bind 127.0.0.1:7946 --data a \\\n"
      "    --object-store dir:objects --discover static:127.0.0.1:7946\n"
      "  gossamer node --name b --key-file key --bind 0.0.0.0:7946 --data b --watch-termination "
      "\\\n"
      "    --object-store s3://bucket/gossamer --discover 'ec2:cluster=blue'\n"
      "  gossamer node --name c --cluster shop --key-file key --data c \\\n"
      "    --authority 5f0c.. --admission c.admission\n" +
      std::string{kCloudHelp});
}

NodeArguments arguments_of(const NodeFlags& flags) {
  NodeArguments arguments;
  arguments.join_timeout = std::chrono::milliseconds{flags.join_timeout_ms};
  arguments.is_json = flags.is_json;
  NodeOptions& options = arguments.options;
  options.name = flags.name;
  options.cluster = flags.cluster;
  options.metadata = flags.metadata;
  options.zone = flags.zone;
  options.hides_objects = flags.hides_objects;
  options.known_schemas = {flags.known_schemas.begin(), flags.known_schemas.end()};
  options.bind = *parse_endpoint(flags.bind);
  if (!flags.advertise.empty()) options.advertise = *parse_endpoint(flags.advertise);
  options.key_file = flags.key_file;
  options.is_insecure = flags.insecure_count > 0;
  options.is_insecure_beyond_loopback = flags.insecure_count > 1;
  options.key_bytes = bytes_of_hex(flags.key_hex);
  if (flags.profile == "fast") options.membership = MembershipOptions::fast();
  if (flags.profile == "calm") options.membership = MembershipOptions::calm();
  options.membership.replay_window = std::chrono::milliseconds{flags.replay_window_ms};
  options.data_directory = flags.data;
  options.object_store_url = flags.object_store;
  options.discovery_urls = flags.discover;
  options.allowed_peers = flags.allowed_peers;
  options.admission.authorities = flags.authorities;
  options.admission.allowed_nodes = flags.allowed_nodes;
  arguments.admission_path = flags.admission;
  options.watches_termination = flags.watches_termination;
  if (!flags.admin_listen.empty()) options.admin_listen = *parse_endpoint(flags.admin_listen);
  options.admin_token_file = flags.admin_token_file;
  options.admin_token = flags.admin_token;
  options.admin_socket = flags.admin;
  if (options.admin_socket.empty() && !flags.data.empty()) {
    options.admin_socket = flags.data + "/admin.sock";
  }
  options.factories["ledger"] = ledger::ledger_factory(options.bind.address);
  return arguments;
}

}  // namespace gossamer::cli
