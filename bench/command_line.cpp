#include "command_line.hpp"

#include <algorithm>
#include <cstdio>

#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

constexpr int kUsage = 2;
constexpr std::size_t kDeliveriesMax = 20'000'000;
constexpr std::size_t kDisturbedMax = 200;

constexpr const char* kExamples = R"(
Examples:
  gossamer-bench join --nodes 50 --json
  gossamer-bench join --nodes 100 --mode paced --gap-ms 20 --json
  gossamer-bench steady --nodes 100 --seconds 20 --repeats 3 --json
  gossamer-bench detect --nodes 50 --death silence --json
  gossamer-bench rumour --nodes 100 --repeats 10 --json
  gossamer-bench updates --nodes 100 --rate 100 --seconds 10 --json
  gossamer-bench loss --nodes 100 --loss-percent 25 --seconds 60 --busy --json
  gossamer-bench paused --nodes 64 --blocked 8 --seconds 60 --json
  gossamer-bench disturb --nodes 20 --kind restart --times 1000 --json
  gossamer-bench stall --nodes 50 --stall-ms 1500 --repeats 300 --json
  gossamer-bench failover --nodes 5 --json
  gossamer-bench rotate --nodes 50 --repeats 2 --json
  gossamer-bench junk --nodes 10 --packets 1000000 --json
  gossamer-bench s3 --url 's3://bucket/prefix?region=eu-west-1' --json
  gossamer-bench steady --nodes 100 --peer memberlist --json

With --peer a rival runs the scenario; join, steady, detect, rumour, updates, loss and paused.
One JSON object on standard output. Times are in milliseconds as {"min","p50","p99","max"} over
the repeats. Figures drift between runs on a shared machine: compare ratios of one run.
`gossamer-bench SCENARIO --help` says more. Exit status: 0, 1 if it failed, 2 for a wrong use.
)";

constexpr const char* kUpdates =
    "An update of 100 bytes is an attribute of a name's record; each origin publishes ten times a "
    "second what has fallen due, in as few records as hold it (ten updates each: at --rate 1000 "
    "and --origins 10 one statement each 100 ms), under names that come round again after 5 s. "
    "Each update has bytes of its own, and counts at a node when a watcher there was given them: a "
    "newer record does not make up for one that never came. Latency counts from when an update was "
    "due; who has not got it when its name is used again has lost it.";

constexpr const char* kDisturb =
    "Each node is a process. reset: all TCP connections of one node at once; each link counts. "
    "refuse: a node that watches another loses its link and is refused by it, though that one is "
    "well and answers pings; with more places others are refused too. restart: SIGKILL, and at "
    "once the same node again, with its data and its port. Progress is told on standard error.";

template <class Change>
Settings with(Change change) {
  Settings settings;
  change(settings);
  return settings;
}

int complain(const std::string& what) {
  std::fprintf(stderr, "gossamer-bench: %s (see --help)\n", what.c_str());
  return kUsage;
}

}  // namespace

CommandLine::CommandLine() {
  app_.footer(kExamples);
  app_.require_subcommand(1);
  add_membership_scenarios();
  add_news_scenarios();
  add_fault_scenarios();
  add_other_scenarios();
  add_s3();
}

CLI::App& CommandLine::add(const char* name, const char* what, Run scenario, Settings by_default) {
  CLI::App& command = *app_.add_subcommand(name, what);
  settings_ = by_default;  // What help shows of each option.
  command.option_defaults()->always_capture_default();
  command.preparse_callback([this, by_default](std::size_t) { settings_ = by_default; });
  command.add_option("--nodes", settings_.nodes, "How many nodes")->check(CLI::Range(2, 1000));
  command.add_option("--repeats", settings_.repeats, "How often")->check(CLI::Range(1, 1000));
  command.add_flag("--json", settings_.is_json, "One JSON object: it is never anything else");
  command.callback([this, scenario] { chosen_ = scenario; });
  return command;
}

void CommandLine::add_membership_scenarios() {
  CLI::App& joining = add("join", "Nodes that know one seed find each other", join,
                          with([](Settings& its) { its.loops = 2; }));
  take_profile(joining);
  take_insecure(joining);
  take_loops(joining);
  joining.add_option("--mode", settings_.mode, "All at once, or one at a time")
      ->check(CLI::IsMember({"burst", "paced"}));
  joining.add_option("--gap-ms", settings_.gap_ms, "From one to the next, if paced")
      ->check(CLI::Range(0, 10'000));
  CLI::App& idle = add("steady", "What a node costs while nothing changes", steady);
  take_profile(idle);
  take_probe_interval(idle);
  take_insecure(idle);
  take_loops(idle);
  take_settle(idle);
  take_seconds(idle);
  CLI::App& dying = add("detect", "How soon a death is known", detect);
  take_profile(dying);
  take_probe_interval(dying);
  take_insecure(dying);
  take_loops(dying);
  take_settle(dying);
  take_loss(dying);
  dying
      .add_option(
          "--death", settings_.death,
          "How a node dies: its process is killed (each node is a process), or it falls silent")
      ->check(CLI::IsMember({"process", "silence"}));
}

void CommandLine::add_news_scenarios() {
  CLI::App& one = add("rumour", "One record of about 100 bytes, from one node to all", rumour);
  take_profile(one);
  take_insecure(one);
  take_loops(one);
  take_settle(one);
  CLI::App& many = add("updates", "News all the time, from some nodes to all", updates,
                       with([](Settings& its) { its.seconds = 10; }));
  take_profile(many);
  take_insecure(many);
  take_loops(many);
  take_settle(many);
  take_seconds(many);
  many.footer(kUpdates);
  many.add_option("--rate", settings_.rate, "Updates per second, of all origins together")
      ->check(CLI::Range(1, 100'000));
  many.add_option("--origins", settings_.origins,
                  "How many nodes they come from (10, or all if there are fewer)")
      ->check(CLI::Range(1, 1000))
      ->default_str("");
}

void CommandLine::add_fault_scenarios() {
  CLI::App& losing = add("loss", "The network loses datagrams, and nobody is probed by TCP", loss,
                         with([](Settings& its) {
                           its.seconds = 60;
                           its.loss_percent = 25;
                         }));
  take_profile(losing);
  take_insecure(losing);
  take_loops(losing);
  take_settle(losing);
  take_seconds(losing);
  take_loss(losing);
  losing.add_flag("--busy", settings_.is_busy, "While another program keeps every core busy");
  CLI::App& pausing = add("paused", "Processes that are stopped and woken, all in step", paused,
                          with([](Settings& its) { its.seconds = 60; }));
  take_profile(pausing);
  take_insecure(pausing);
  take_settle(pausing);
  take_seconds(pausing);
  pausing.add_option("--blocked", settings_.blocked, "How many processes are stopped")
      ->check(CLI::Range(1, 999));
  pausing.add_option("--blocked-ms", settings_.blocked_ms, "How long each time")
      ->check(CLI::Range(1, 600'000));
  pausing.add_option("--running-ms", settings_.running_ms, "How long they run in between")
      ->check(CLI::Range(1, 600'000));
  CLI::App& disturbing = add("disturb", "What looks like a death and is none, again and again",
                             disturb, with([](Settings& its) {
                               its.nodes = 20;
                               its.gap_ms = 200;
                               its.repeats = 1;
                             }));
  take_profile(disturbing);
  take_insecure(disturbing);
  take_settle(disturbing);
  disturbing.footer(kDisturb);
  disturbing
      .add_option("--kind", settings_.kind,
                  "Links are reset, connects refused in one place, or processes started again")
      ->check(CLI::IsMember({"reset", "refuse", "restart"}));
  disturbing.add_option("--times", settings_.times, "How many in all")
      ->check(CLI::Range(1, 1'000'000));
  disturbing.add_option("--places", settings_.places, "Nodes that are refused, if refuse")
      ->check(CLI::Range(1, 199));
  disturbing.add_option("--hold-ms", settings_.hold_ms, "How long they are, if refuse")
      ->check(CLI::Range(1, 600'000));
  disturbing.add_option("--gap-ms", settings_.gap_ms, "From one to the next")
      ->check(CLI::Range(0, 600'000));
  disturbing.add_option("--after-ms", settings_.after_ms, "How long a late verdict is waited for")
      ->check(CLI::Range(1, 600'000));
  CLI::App& stalling = add("stall", "A healthy node stands still once and goes on", stall);
  take_profile(stalling);
  take_insecure(stalling);
  take_loops(stalling);
  take_settle(stalling);
  stalling.add_option("--stall-ms", settings_.stall_ms, "How long it stands still")
      ->check(CLI::Range(1, 600'000));
  stalling.add_option("--after-ms", settings_.after_ms, "How long a late verdict is waited for")
      ->check(CLI::Range(1, 600'000));
}

void CommandLine::add_other_scenarios() {
  CLI::App& killing = add("failover", "How soon a killed owner's service serves again", failover);
  killing.add_option("--state-mib", settings_.state_mib, "What the service holds")
      ->check(CLI::Range(0, 64));
  take_profile(add("rotate", "A change of the key under load", rotate));
  CLI::App& plaguing = add("junk", "Packets of somebody without the key", junk);
  take_profile(plaguing);
  plaguing.add_option("--packets", settings_.packets, "How many in all")
      ->check(CLI::Range(1, 100'000'000));
  plaguing.add_option("--rate", settings_.packets_per_s, "How many a second")
      ->check(CLI::Range(1, 10'000'000));
}

void CommandLine::add_s3() {
  S3Settings& s3 = s3_settings_;
  CLI::App& command = *app_.add_subcommand(
      "s3", "Transfers of objects, with the credentials that the AWS tools would find");
  command.option_defaults()->always_capture_default();
  command.add_option("--url", s3.url, "s3://BUCKET/PREFIX with parameters")->required();
  command.add_option("--work", s3.work, "What to do; all in this order if not said")
      ->check(CLI::IsMember({"put-big", "get-big", "put-small", "get-small", "all"}));
  command.add_option("--big-mib", s3.big_mib, "Size of a large object")->check(CLI::Range(1, 4096));
  command.add_option("--big-parallel", s3.big_parallel, "How many large ones, all at once")
      ->check(CLI::Range(1, 64));
  command.add_option("--small-count", s3.small_count, "How many small ones")
      ->check(CLI::Range(1, 1'000'000));
  command.add_option("--small-parallel", s3.small_parallel, "How many small ones at once")
      ->check(CLI::Range(1, 256));
  command.add_flag("--json", settings_.is_json, "One JSON object: it is never anything else");
}

void CommandLine::take_profile(CLI::App& command) {
  command.add_option("--profile", settings_.profile, "Detection profile")
      ->check(CLI::IsMember({"fast", "default", "calm"}));
}

void CommandLine::take_probe_interval(CLI::App& command) {
  command
      .add_option("--probe-interval-ms", settings_.probe_interval_ms,
                  "How often each member is looked after, if not as the profile says")
      ->check(CLI::Range(400, 60'000))
      ->default_str("");
}

void CommandLine::take_loops(CLI::App& command) {
  command
      .add_option("--loops", settings_.loops,
                  "Loops, with a thread each, that the nodes are spread over")
      ->check(CLI::Range(1, 64));
}

void CommandLine::take_settle(CLI::App& command) {
  command
      .add_option("--settle-ms", settings_.settle_ms,
                  "Quiet time before anything is measured, for rumours of the join to die down")
      ->check(CLI::Range(0, 600'000));
}

void CommandLine::take_seconds(CLI::App& command) {
  command.add_option("--seconds", settings_.seconds, "Length of each window")
      ->check(CLI::Range(1, 3600));
}

void CommandLine::take_insecure(CLI::App& command) {
  command.add_flag("--insecure", settings_.is_insecure, "With the key that everybody knows");
}

void CommandLine::take_loss(CLI::App& command) {
  command
      .add_option("--loss-percent", settings_.loss_percent,
                  "Share of outgoing datagrams that are lost")
      ->check(CLI::Range(0, 99));
}

// What each option alone may be, and all of them together may not.
std::optional<std::string> CommandLine::wrong_together() const {
  const Settings& its = settings_;
  if (chosen_ == paused && its.blocked >= its.nodes) {
    return "--blocked " + std::to_string(its.blocked) + ": give fewer than the " +
           std::to_string(its.nodes) + " nodes";
  }
  if (chosen_ == disturb && its.nodes > kDisturbedMax) {
    return "--nodes " + std::to_string(its.nodes) + ": each is a process; give 200 at most";
  }
  if (chosen_ == disturb && its.places >= its.nodes) {
    return "--places " + std::to_string(its.places) + ": give fewer than the " +
           std::to_string(its.nodes) + " nodes";
  }
  if (chosen_ != updates) return std::nullopt;
  if (its.origins > its.nodes) {
    return "--origins " + std::to_string(its.origins) + ": there are only " +
           std::to_string(its.nodes) + " nodes";
  }
  if (static_cast<double>(its.nodes * its.rate) * its.seconds > kDeliveriesMax) {
    return "nodes x rate x seconds: give less than " + std::to_string(kDeliveriesMax) + " in all";
  }
  return std::nullopt;
}

bool CommandLine::has_scenario(const std::string& name) const {
  const auto all = app_.get_subcommands([](const CLI::App*) { return true; });
  return std::any_of(all.begin(), all.end(),
                     [&](const CLI::App* one) { return one->get_name() == name; });
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app_.exit(error);
    if (argc > 1 && argv[1][0] != '-' && !has_scenario(argv[1])) {
      return complain(std::string{"there is no command '"} + argv[1] + "'");
    }
    return complain(error.what());
  }
  if (settings_.origins == 0) settings_.origins = std::min<std::size_t>(10, settings_.nodes);
  if (const auto wrong = wrong_together()) return complain(*wrong);
  return std::nullopt;
}

nlohmann::json CommandLine::run() {
  return chosen_ == nullptr ? s3(s3_settings_) : chosen_(settings_);
}

}  // namespace gossamer::bench
