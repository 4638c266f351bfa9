// gossamer: a node for people who have no program of their own, and the tools that ask a running
// one.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "commands.hpp"
#include "gossamer/version.hpp"
#include "node_flags.hpp"
#include "validators.hpp"

namespace gossamer::cli {
namespace {

/// The command line, and what it asks for.
struct CommandLine {
  CLI::App app{fmt::format("gossamer {}: who is here, where is my service, how does it carry on?",
                           version()),
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
  CLI::App& added = add(to, command, description, [this, action = std::move(action)] {
    int status = reader.check_admin();
    if (status == 0) status = reader.find_token();
    return status == 0 ? action() : status;
  });
  auto* admin =
      added.add_option("--admin", reader.admin,
                       "Admin socket of a running node, or ADDRESS:PORT where it listens by "
                       "TCP; default GOSSAMER_ADMIN");
  added
      .add_option("--admin-token-file", reader.token_file,
                  "The token that ADDRESS:PORT needs; or GOSSAMER_ADMIN_TOKEN")
      ->check(file_name());
  added.add_option("--data", reader.data, "Its data directory, where the socket is by default")
      ->excludes(admin);
  added.add_flag("--json", reader.is_json, "The answer as one line of JSON");
  added.parse_complete_callback([this, &added] {
    // Of a flag that is misspelt another error tells, which names it.
    if (added.remaining_size() == 0 && !finds_node()) {
      throw CLI::RequiredError(
          "--admin PATH or ADDRESS:PORT, --data DIR or GOSSAMER_ADMIN, to find the running node,");
    }
  });
  return added;
}

void describe_deploy(CLI::App& deploy, ServiceSpec& spec) {
  const auto milliseconds = [&](const char* flag, std::chrono::milliseconds& into, std::int64_t low,
                                std::int64_t high, const char* text) {
    deploy
        .add_option_function<std::int64_t>(
            flag, [&into](const std::int64_t& value) { into = std::chrono::milliseconds{value}; },
            text)
        ->check(CLI::Range(low, high))
        ->default_str(std::to_string(into.count()));
  };
  deploy.add_option("NAME", spec.name, "The service")->required()->check(length(1, 64));
  deploy.add_option("--factory", spec.factory, "Which factory starts it; default NAME")
      ->check(length(0, 64));
  deploy.add_option("--arguments", spec.arguments, "Handed to the factory")
      ->check(length(0, 65'536));
  deploy.add_option("--instances", spec.instances, "How many run")
      ->check(CLI::Range(1U, 1000U))
      ->capture_default_str();
  milliseconds("--takeover-delay-ms", spec.takeover_delay, 0, 3'600'000,
               "How long an owner must stay down before another takes over");
  milliseconds("--start-timeout-ms", spec.start_timeout, 1'000, 3'600'000,
               "How long an owner may live without serving");
  milliseconds("--ship-interval-ms", spec.ship_interval, 10, 3'600'000,
               "Local writes reach the journal within this");
  deploy.add_option("--freeze-after", spec.freeze_after_entries, "Journal entries between freezes")
      ->check(CLI::Range(0U, 1'000'000U))
      ->capture_default_str();
  deploy.footer(
      "What is not given goes back to its default, also of a service that runs.\n\n"
      "Example:\n  gossamer deploy ledger --data a");
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
  seeds.parse_complete_callback([&line, &seeds] {
    if (seeds.remaining_size() == 0 && !line.finds_node() && line.discover.empty()) {
      throw CLI::RequiredError("a URL, --discover URL, --admin PATH, --data DIR or GOSSAMER_ADMIN");
    }
  });
  seeds
      .add_option("URL,--discover", line.discover,
                  "Ask this instead of a running node; may be repeated")
      ->check(discovery_url());
  seeds.footer(std::string{"Example:\n  gossamer seeds 'ec2:cluster=blue?region=eu-central-1'\n"} +
               kCloudHelp);
}

void describe_doctor(CommandLine& line) {
  CLI::App& doctor = *line.app.add_subcommand("doctor", "Tries what gossamer needs of a cloud");
  doctor.require_subcommand(1);
  const auto describe = [&](CLI::App& examining, const CLI::Validator& validator) {
    examining.add_option("URL", line.place, "What would be given to `gossamer node`")
        ->required()
        ->check(validator);
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
      "  gossamer authority new authority          # prints its public key, 5f0c..; keep the file "
      "off the nodes\n"
      "  gossamer identity a                       # on each node: prints the node's public key, "
      "91be..\n"
      "  gossamer authority admit --authority authority 91be.. --cluster shop --days 90 > "
      "a.admission\n"
      "  gossamer node --name a --cluster shop --data a --key-file key --admission a.admission "
      "--authority 5f0c..\n"
      "In a cluster that runs, give all nodes their admissions first, and --authority when all "
      "have theirs.");
  add_file(line.add(authority, "new", "Makes an authority's file that only you can read",
                    [&] { return make_authority(line.authority_path, line.reader.is_json); }),
           "Must not exist");
  add_file(line.add(authority, "show", "Prints an authority's public key",
                    [&] { return show_authority(line.authority_path, line.reader.is_json); }),
           "An authority's file");
  AdmitArguments& admission = line.admission;
  CLI::App& admitting = line.add(authority, "admit", "Prints an admission for a node",
                                 [&] { return admit(admission, line.reader.is_json); });
  admitting
      .add_option("NODE", admission.node, "The node's public key, as `gossamer identity` prints it")
      ->required()
      ->check(hex_digits({64}));
  admitting.add_option("--authority", admission.authority_path, "An authority's file")->required();
  admitting.add_option("--cluster", admission.cluster, "Of which cluster; the node's --cluster")
      ->check(length(1, 64))
      ->capture_default_str();
  admitting.add_option("--days", admission.days, "From now; 0: it does not end")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{36'500}))
      ->capture_default_str();
  add_json(admitting);
  admitting.footer(
      "Example:\n  gossamer authority admit --authority authority 91be.. --cluster shop "
      "--days 90 > a.admission");

  CLI::App& identity =
      line.add(line.app, "identity", "Prints the public key of a data directory's node",
               [&] { return show_identity(line.place, line.reader.is_json); });
  identity.add_option("DATA", line.place, "Made with a new key if it is not there")->required();
  add_json(identity);
  identity.footer("Example:\n  gossamer identity a");
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
      ->check(CLI::Range(0U, 999U))
      ->capture_default_str();
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
  constexpr const char* kToFollow = "Seconds for every live member to follow";
  const auto add_wait = [&](CLI::App& changing, const char* text) {
    changing.add_option("--wait", line.key_wait_s, text)
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400}))
        ->capture_default_str();
  };
  const auto add_id = [&](CLI::App& changing) {
    changing.add_option("ID", line.key_id, "As `gossamer keys list` shows it")->required();
  };
  CLI::App& adding = line.add_reader(keys, "add", "Has every node open what this key sealed", [&] {
    return add_key(reader, line.key_path, std::chrono::seconds{line.key_wait_s});
  });
  adding.add_option("FILE", line.key_path, "A key file, which only you may read")
      ->required()
      ->check(file_name());
  add_wait(adding, kToFollow);
  CLI::App& using_it = line.add_reader(keys, "use", "Has every node seal with this key", [&] {
    return use_key(reader, line.key_id, std::chrono::seconds{line.key_wait_s});
  });
  add_id(using_it);
  add_wait(using_it, kToFollow);
  CLI::App& removing = line.add_reader(keys, "remove", "Has every node forget this key", [&] {
    return remove_key(reader, line.key_id, std::chrono::seconds{line.key_wait_s});
  });
  add_id(removing);
  add_wait(removing, "Seconds to wait for live members that still need it");
}

void describe_admin_token(CommandLine& line) {
  CLI::App& token = *line.app.add_subcommand("admin-token", "What lets in by TCP, made");
  token.require_subcommand(1);
  CLI::App& making = line.add(token, "new", "Makes a token file that only you can read",
                              [&] { return make_admin_token(line.key_path, line.reader.is_json); });
  making.add_option("FILE", line.key_path, "Must not exist")->required();
  making.add_flag("--json", line.reader.is_json, "The answer as one line of JSON");
  making.footer(
      "Example:\n  gossamer admin-token new admin.token\n"
      "  gossamer node --name a --key-file key --admin-listen 10.0.0.5:7947 "
      "--admin-token-file admin.token\n"
      "  gossamer members --admin 10.0.0.5:7947 --admin-token-file admin.token");
}

/// A word in the place of a command, or of one of its commands, that is none. Null: there is no
/// such.
const char* unknown_command(const CLI::App& app, int argc, char** argv) {
  const CLI::App* within = &app;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    const auto commands = within->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty()) return nullptr;
    const auto at = std::find_if(commands.begin(), commands.end(),
                                 [&](const CLI::App* one) { return one->get_name() == argv[i]; });
    if (at == commands.end()) return argv[i];
    within = *at;
  }
  return nullptr;
}

/// Half an admission, or no answer at all, is no success: a full disk must not pass for one.
int status_of_output(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  return complain(kFailed, "not all of it could be written to standard output");
}

int run(int argc, char** argv) {
  CommandLine line;
  line.app.set_version_flag("--version", std::string{version()});
  line.app.footer(
      "`gossamer COMMAND --help` says more. Exit status: 0, 1 if it failed, 2 for a wrong use.");
  CLI::App& node = line.add(line.app, "node", "Runs a node until SIGTERM or SIGINT",
                            [&] { return run_node(arguments_of(line.flags)); });
  describe(node, line.flags);
  describe_readers(line);
  describe_keys(line);
  describe_authority(line);
  describe_admin_token(line);
  describe_orders(line);
  describe_doctor(line);
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return line.app.exit(error);
    if (const char* unknown = unknown_command(line.app, argc, argv)) {
      return complain(kUsage, fmt::format("there is no command '{}' (see --help)", unknown));
    }
    return complain(kUsage, fmt::format("{} (see --help)", error.what()));
  }
  // A node goes on whoever reads its events, and ends well if it left well.
  if (node.parsed()) return line.chosen();
  if (line.chosen) return status_of_output(line.chosen());
  return complain(kUsage, "a subcommand is needed, as in `gossamer node` (see --help)");
}

}  // namespace
}  // namespace gossamer::cli

int main(int argc, char** argv) {
  return gossamer::cli::run(argc, argv);
}
