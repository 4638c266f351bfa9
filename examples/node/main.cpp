// gossamer: a node for people who have no program of their own, and the tools that ask a running one.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>

#include "commands.hpp"
#include "gossamer/version.hpp"
#include "ledger.hpp"

namespace gossamer::cli {
namespace {

const CLI::Validator kEndpoint{
    [](std::string& text) {
      const auto parsed = parse_endpoint(text);
      return parsed ? std::string{} : parsed.error().detail;
    },
    "ADDRESS:PORT"};

CLI::Validator length(std::size_t low, std::size_t high) {
  return {[=](std::string& text) {
            if (text.size() >= low && text.size() <= high) return std::string{};
            return fmt::format("has {} bytes; it must have {} to {}", text.size(), low, high);
          },
          fmt::format("{}-{} bytes", low, high)};
}

CLI::Validator url(std::string schemes, std::vector<std::string> prefixes) {
  return {[schemes, prefixes](std::string& text) {
            for (const std::string& prefix : prefixes) {
              if (text.size() > prefix.size() && text.compare(0, prefix.size(), prefix) == 0) return std::string{};
            }
            // Parameters may hold what is not to be shown.
            return fmt::format("'{}' must be {}", text.substr(0, std::min<std::size_t>(text.find('?'), 100)),
                               schemes);
          },
          schemes};
}

CLI::Validator discovery_url() {
  return url("static:HOST:PORT,.., file:PATH, dns:NAME[:PORT] or ec2:KEY=VALUE[;KEY=VALUE..]",
             {"static:", "file:", "dns:", "ec2:"});
}
CLI::Validator object_store_url() {
  return url("dir:PATH or s3://BUCKET/PREFIX", {"dir:", "s3://"});
}

CLI::Validator hex_digits(std::vector<std::size_t> lengths) {
  std::string must;
  for (const std::size_t length : lengths) must += fmt::format("{}{}", must.empty() ? "" : " or ", length);
  must += " hex digits";
  return {[=](std::string& text) {
            const bool is_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
            const bool fits = std::find(lengths.begin(), lengths.end(), text.size()) != lengths.end();
            return is_hex && fits ? std::string{} : fmt::format("'{}' must be {}", text.substr(0, 80), must);
          },
          must};
}

constexpr const char* kCloudHelp =
    "Credentials, region and profile for s3: and ec2: are found as the AWS tools find them: AWS_PROFILE,\n"
    "AWS_REGION, AWS_ACCESS_KEY_ID and its companions, the shared files, a role. See docs/OPERATING.md.";

/// What `gossamer node` was told, as text.
struct NodeFlags {
  std::string name{}, cluster = "gossamer", bind = "127.0.0.1:0", advertise{}, data{}, key_file{};
  std::string object_store{}, admin{}, profile = "default", metadata{};
  std::vector<std::string> discover{}, allowed_peers{};
  std::vector<std::uint32_t> known_schemas{};
  std::vector<std::string> authorities{}, allowed_nodes{};
  std::string admission{};
  std::int64_t join_timeout_ms = 5'000;
  std::string key_hex{};
  int insecure_count = 0;
  bool watches_termination = false;
  bool hides_objects = false;
  bool is_json = false;
};

void describe(CLI::App& node, NodeFlags& flags) {
  node.add_option("--name", flags.name, "Label for people")->required()->check(length(1, 64));
  node.add_option("--cluster", flags.cluster, "Nodes of other clusters are not heard")
      ->check(length(1, 64))->capture_default_str();
  node.add_option("--bind", flags.bind, "UDP and TCP; port 0 picks a free one")
      ->check(kEndpoint)->capture_default_str();
  node.add_option("--advertise", flags.advertise, "What others are told")->check(kEndpoint);
  node.add_option("--data", flags.data, "Data directory: identity, caches, stores of services");
  node.add_option("--key-file", flags.key_file, "The cluster's secret; `gossamer keys new` makes one. Or GOSSAMER_KEY, 64 hex digits");
  node.add_flag("--insecure", flags.insecure_count,
                "No secret: for trials on one machine. Said twice: beyond loopback as well");
  node.add_option("--discover", flags.discover, "Where to look for members; may be repeated")
      ->check(discovery_url());
  node.add_option("--allow", flags.allowed_peers,
                  "Hear and speak to these addresses only, as 10.0.0.0/8; may be repeated");
  node.add_option("--authority", flags.authorities,
                  "Believe only whom this authority has admitted, by its public key; may be repeated")
      ->check(hex_digits({64}));
  node.add_option("--admission", flags.admission,
                  "A file with what `gossamer authority admit` has printed for this node");
  node.add_option("--allow-node", flags.allowed_nodes,
                  "Believe this node without an admission, by its id or public key; may be repeated")
      ->check(hex_digits({32, 64}));
  node.add_option("--object-store", flags.object_store, "Where journals and frozen state live")
      ->check(object_store_url());
  node.add_flag("--hide-objects", flags.hides_objects,
                "Encrypt what is written into the object store; all nodes read it with or without this");
  node.add_flag("--watch-termination", flags.watches_termination,
                "Freeze and leave by itself when EC2 says that this machine will be taken away");
  node.add_option("--known-schema", flags.known_schemas,
                  "Records of this schema are read at once, not only after three members lived with them; may be repeated");
  node.add_option("--admin", flags.admin, "Admin socket; default DATA/admin.sock");
  node.add_option("--profile", flags.profile, "How quickly silence means death")
      ->check(CLI::IsMember({"fast", "default", "calm"}))->capture_default_str();
  node.add_option("--metadata", flags.metadata, "Bytes that every member sees")->check(length(0, 256));
  node.add_option("--join-timeout-ms", flags.join_timeout_ms, "Then it goes on alone, and keeps looking")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{600'000}))->capture_default_str();
  node.add_flag("--json", flags.is_json, "Events as JSON, one a line");
  node.footer("Example:\n  gossamer keys new key\n"
              "  gossamer node --name a --key-file key --bind 127.0.0.1:7946 --data a \\\n"
              "    --object-store dir:objects --discover static:127.0.0.1:7946\n"
              "  gossamer node --name b --key-file key --bind 0.0.0.0:7946 --data b --watch-termination \\\n"
              "    --object-store s3://bucket/gossamer --discover 'ec2:cluster=blue'\n"
              "  gossamer node --name c --key-file key --data c --authority 5f0c.. --admission c.admission\n" +
              std::string{kCloudHelp});
}

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

NodeArguments arguments_of(const NodeFlags& flags) {
  NodeArguments arguments;
  arguments.join_timeout = std::chrono::milliseconds{flags.join_timeout_ms};
  arguments.is_json = flags.is_json;
  NodeOptions& options = arguments.options;
  options.name = flags.name;
  options.cluster = flags.cluster;
  options.metadata = flags.metadata;
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
  options.data_directory = flags.data;
  options.object_store_url = flags.object_store;
  options.discovery_urls = flags.discover;
  options.allowed_peers = flags.allowed_peers;
  options.admission.authorities = flags.authorities;
  options.admission.allowed_nodes = flags.allowed_nodes;
  arguments.admission_path = flags.admission;
  options.watches_termination = flags.watches_termination;
  options.admin_socket = flags.admin;
  if (options.admin_socket.empty() && !flags.data.empty()) {
    options.admin_socket = flags.data + "/admin.sock";
  }
  options.factories["ledger"] = ledger::ledger_factory(options.bind.address);
  return arguments;
}

/// The command line, and what it asks for.
struct CommandLine {
  CLI::App app{fmt::format("gossamer {}: who is here, where is my service, how does it carry on?", version()),
               "gossamer"};
  NodeFlags flags{};
  ReaderArguments reader{};
  ServiceSpec spec{};
  std::string name{};
  std::string key_path{}, key_id{};
  std::int64_t key_wait_s = 30;
  AdmitArguments admission{};
  std::string authority_path{};
  std::string place{};
  std::uint32_t ordinal = 0;
  std::vector<std::string> discover{};
  std::function<int()> chosen{};

  CLI::App& add(CLI::App& to, const std::string& command, const std::string& description,
                std::function<int()> action) {
    CLI::App& added = *to.add_subcommand(command, description);
    added.final_callback([this, action] { chosen = action; });
    return added;
  }
  /// A subcommand that asks a running node.
  CLI::App& add_reader(const std::string& command, const std::string& description,
                       std::function<int()> action) {
    return add_reader(app, command, description, std::move(action));
  }
  CLI::App& add_reader(CLI::App& to, const std::string& command, const std::string& description,
                       std::function<int()> action);
  /// The same, about one service.
  CLI::App& add_named(const std::string& command, const std::string& description,
                      std::function<int()> action) {
    CLI::App& added = add_reader(command, description, std::move(action));
    added.add_option("NAME", name, "The service")->required();
    return added;
  }
  /// Whether it was said which running node to ask, here or in the environment.
  bool finds_node() {
    const char* named = std::getenv("GOSSAMER_ADMIN");
    if (reader.admin.empty() && reader.data.empty() && named != nullptr) reader.admin = named;
    return !reader.admin.empty() || !reader.data.empty();
  }
};

CLI::App& CommandLine::add_reader(CLI::App& to, const std::string& command,
                                  const std::string& description, std::function<int()> action) {
  CLI::App& added = add(to, command, description, std::move(action));
  auto* admin =
      added.add_option("--admin", reader.admin, "Admin socket of a running node; default GOSSAMER_ADMIN");
  added.add_option("--data", reader.data, "Its data directory, where the socket is by default")
      ->excludes(admin);
  added.add_flag("--json", reader.is_json, "The answer as one line of JSON");
  added.parse_complete_callback([this] {
    if (!finds_node()) {
      throw CLI::RequiredError("--admin PATH, --data DIR or GOSSAMER_ADMIN, to find the running node,");
    }
  });
  return added;
}

void describe_deploy(CLI::App& deploy, ServiceSpec& spec) {
  const auto milliseconds = [&](const char* flag, std::chrono::milliseconds& into, std::int64_t low,
                                std::int64_t high, const char* text) {
    deploy
        .add_option_function<std::int64_t>(
            flag, [&into](const std::int64_t& value) { into = std::chrono::milliseconds{value}; }, text)
        ->check(CLI::Range(low, high));
  };
  deploy.add_option("NAME", spec.name, "The service")->required()->check(length(1, 64));
  deploy.add_option("--factory", spec.factory, "Which factory starts it; default NAME")
      ->check(length(0, 64));
  deploy.add_option("--arguments", spec.arguments, "Handed to the factory")
      ->check(length(0, 65'536));
  deploy.add_option("--instances", spec.instances, "How many run")->check(CLI::Range(1U, 1000U));
  milliseconds("--takeover-delay-ms", spec.takeover_delay, 0, 3'600'000,
               "How long an owner must stay down before another takes over");
  milliseconds("--start-timeout-ms", spec.start_timeout, 1'000, 3'600'000,
               "How long an owner may live without serving");
  milliseconds("--ship-interval-ms", spec.ship_interval, 10, 3'600'000,
               "Local writes reach the journal within this");
  deploy.add_option("--freeze-after", spec.freeze_after_entries, "Journal entries between freezes")
      ->check(CLI::Range(0U, 1'000'000U));
  deploy.footer("Example:\n  gossamer deploy ledger --data a");
}

void describe_readers(CommandLine& line) {
  const ReaderArguments& reader = line.reader;
  line.add_reader("members", "Who is here", [&] { return show_members(reader); });
  line.add_reader("services", "What runs where", [&] { return show_services(reader); });
  line.add_reader("counters", "What the node has counted", [&] { return show_counters(reader); });
  line.add_reader("events", "What happens, as it happens", [&] { return show_events(reader); });
  line.add_named("resolve", "Where a service is", [&] { return resolve(reader, line.name); })
      .footer("Example:\n  gossamer resolve ledger --data a");
  line.add_named("watch", "Where a service is, again whenever it moves",
                 [&] { return watch(reader, line.name); });
  CLI::App& seeds = line.add_reader("seeds", "What discovery finds",
                                    [&] { return show_seeds(reader, line.discover); });
  seeds.parse_complete_callback([&] {
    if (!line.finds_node() && line.discover.empty()) {
      throw CLI::RequiredError("a URL, --discover URL, --admin PATH, --data DIR or GOSSAMER_ADMIN");
    }
  });
  seeds.add_option("URL,--discover", line.discover, "Ask this instead of a running node; may be repeated")
      ->check(discovery_url());
  seeds.footer(std::string{"Example:\n  gossamer seeds 'ec2:cluster=blue?region=eu-central-1'\n"} +
               kCloudHelp);
}

void describe_doctor(CommandLine& line) {
  CLI::App& doctor = *line.app.add_subcommand("doctor", "Tries what gossamer needs of a cloud");
  doctor.require_subcommand(1);
  const auto describe = [&](CLI::App& examining, const CLI::Validator& validator) {
    examining.add_option("URL", line.place, "What would be given to `gossamer node`")
        ->required()->check(validator);
    examining.add_flag("--json", line.reader.is_json, "The answer as one line of JSON");
    examining.footer(kCloudHelp);
  };
  describe(line.add(doctor, "object-store", "Lists, creates, reads and removes objects",
                    [&] { return examine_object_store(line.place, line.reader.is_json); }),
           object_store_url());
  describe(line.add(doctor, "ec2", "Finds a region, credentials and instances",
                    [&] { return examine_ec2(line.place, line.reader.is_json); }),
           url("ec2:KEY=VALUE[;KEY=VALUE..]", {"ec2:"}));
}

void describe_orders(CommandLine& line) {
  const ReaderArguments& reader = line.reader;
  CLI::App& deploying = line.add_reader("deploy", "Has a service run, or run differently", [&] {
    const auto valid = line.spec.validate();
    return valid ? deploy(reader, line.spec) : complain(valid.error());
  });
  describe_deploy(deploying, line.spec);
  line.add_named("undeploy", "Stops a service everywhere; its state stays",
                 [&] { return undeploy(reader, line.name); });
  line.add_named("freeze", "Freezes a unit that the node owns",
                 [&] { return freeze(reader, line.name, line.ordinal); })
      .add_option("--ordinal", line.ordinal, "Which instance")
      ->check(CLI::Range(0U, 999U))->capture_default_str();
}

void describe_keys(CommandLine& line) {
  const ReaderArguments& reader = line.reader;
  CLI::App& keys = *line.app.add_subcommand("keys", "The cluster's secret, made and changed");
  keys.require_subcommand(1);
  keys.footer(
      "From one key to the next while the cluster runs:\n"
      "  gossamer keys new next.key\n"
      "  gossamer keys add next.key --data a     # every node opens what is sealed with it\n"
      "  gossamer keys use 0a1b2c3d --data a     # every node seals with it\n"
      "  gossamer keys remove 4e5f6071 --data a  # the old one is opened no longer\n"
      "Then give next.key to new machines, in place of the old file.");
  CLI::App& making = line.add(keys, "new", "Makes a key file that only you can read",
                              [&] { return make_key(line.key_path, reader.is_json); });
  making.add_option("FILE", line.key_path, "Must not exist")->required();
  making.add_flag("--json", line.reader.is_json, "The answer as one line of JSON");
  making.footer("Example:\n  gossamer keys new cluster.key");

  line.add_reader(keys, "list", "The keys by their ids, and who has them",
                  [&] { return list_keys(reader); });
  const auto add_wait = [&](CLI::App& changing) {
    changing.add_option("--wait", line.key_wait_s, "Seconds for every live member to follow")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400}))->capture_default_str();
  };
  const auto add_id = [&](CLI::App& changing) {
    changing.add_option("ID", line.key_id, "As `gossamer keys list` shows it")->required();
  };
  CLI::App& adding = line.add_reader(keys, "add", "Has every node open what this key sealed", [&] {
    return add_key(reader, line.key_path, std::chrono::seconds{line.key_wait_s});
  });
  adding.add_option("FILE", line.key_path, "A key file, which only you may read")->required();
  add_wait(adding);
  CLI::App& using_it = line.add_reader(keys, "use", "Has every node seal with this key", [&] {
    return use_key(reader, line.key_id, std::chrono::seconds{line.key_wait_s});
  });
  add_id(using_it);
  add_wait(using_it);
  add_id(line.add_reader(keys, "remove", "Has every node forget this key",
                         [&] { return remove_key(reader, line.key_id); }));
}

void describe_authority(CommandLine& line) {
  const auto add_json = [&](CLI::App& to) {
    to.add_flag("--json", line.reader.is_json, "The answer as one line of JSON");
  };
  const auto add_file = [&](CLI::App& to, const char* text) {
    to.add_option("FILE", line.authority_path, text)->required();
    add_json(to);
  };
  CLI::App& authority = *line.app.add_subcommand("authority", "Who says which nodes are admitted");
  authority.require_subcommand(1);
  authority.footer(
      "Have nodes believe only those that you have admitted:\n"
      "  gossamer authority new authority          # prints its public key, 5f0c..; keep the file off the nodes\n"
      "  gossamer identity a                       # on each node: prints the node's public key, 91be..\n"
      "  gossamer authority admit --authority authority 91be.. --days 90 > a.admission\n"
      "  gossamer node --name a --data a --key-file key --admission a.admission --authority 5f0c..\n"
      "In a cluster that runs, give all nodes their admissions first, and --authority when all have theirs.");
  add_file(line.add(authority, "new", "Makes an authority's file that only you can read",
                    [&] { return make_authority(line.authority_path, line.reader.is_json); }),
           "Must not exist");
  add_file(line.add(authority, "show", "Prints an authority's public key",
                    [&] { return show_authority(line.authority_path, line.reader.is_json); }),
           "An authority's file");
  AdmitArguments& admission = line.admission;
  CLI::App& admitting = line.add(authority, "admit", "Prints an admission for a node",
                                 [&] { return admit(admission, line.reader.is_json); });
  admitting.add_option("NODE", admission.node, "The node's public key, as `gossamer identity` prints it")
      ->required()->check(hex_digits({64}));
  admitting.add_option("--authority", admission.authority_path, "An authority's file")->required();
  admitting.add_option("--cluster", admission.cluster, "Of which cluster")
      ->check(length(1, 64))->capture_default_str();
  admitting.add_option("--days", admission.days, "From now; 0: it does not end")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{36'500}))->capture_default_str();
  add_json(admitting);
  admitting.footer("Example:\n  gossamer authority admit --authority authority 91be.. --days 90 > a.admission");

  CLI::App& identity = line.add(line.app, "identity", "Prints the public key of a data directory's node",
                                [&] { return show_identity(line.place, line.reader.is_json); });
  identity.add_option("DATA", line.place, "Made with a new key if it is not there")->required();
  add_json(identity);
  identity.footer("Example:\n  gossamer identity a");
}

/// The key in the environment, as hex digits. Taken out of it, so that no child inherits it.
std::string key_in_environment() {
  const char* given = std::getenv("GOSSAMER_KEY");
  if (given == nullptr) return {};
  const std::string hex{given};
  unsetenv("GOSSAMER_KEY");
  return hex;
}

int run(int argc, char** argv) {
  CommandLine line;
  line.app.set_version_flag("--version", std::string{version()});
  line.app.footer("`gossamer COMMAND --help` says more. Exit status: 0, 1 if it failed, 2 for a wrong use.");
  CLI::App& node = line.add(line.app, "node", "Runs a node until SIGTERM or SIGINT",
                            [&] { return run_node(arguments_of(line.flags)); });
  describe(node, line.flags);
  node.parse_complete_callback([&] {
    line.flags.key_hex = key_in_environment();
    const int given = (line.flags.key_file.empty() ? 0 : 1) + (line.flags.key_hex.empty() ? 0 : 1) +
                      (line.flags.insecure_count > 0 ? 1 : 0);
    if (given != 1) {
      throw CLI::ValidationError("--key-file FILE, GOSSAMER_KEY, or --insecure",
                                 "exactly one of them is needed");
    }
    if (!line.flags.key_hex.empty() && bytes_of_hex(line.flags.key_hex).size() != 32) {
      throw CLI::ValidationError("GOSSAMER_KEY", "not the 64 hex digits of a key file");
    }
  });
  describe_readers(line);
  describe_keys(line);
  describe_authority(line);
  describe_orders(line);
  describe_doctor(line);
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return line.app.exit(error);
    return complain(kUsage, fmt::format("{} (see --help)", error.what()));
  }
  if (line.chosen) return line.chosen();
  return complain(kUsage, "a subcommand is needed, as in `gossamer node` (see --help)");
}

}  // namespace
}  // namespace gossamer::cli

int main(int argc, char** argv) { return gossamer::cli::run(argc, argv); }
