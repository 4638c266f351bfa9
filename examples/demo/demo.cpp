#include "demo.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "admin_client.hpp"
#include "gossamer/cluster_key.hpp"
#include "resolve_watch.hpp"

namespace gossamer::demo {
namespace {

constexpr std::size_t kWriters = 4;
constexpr std::size_t kFillBytes = 1024;

/// Ports of 127.0.0.1 that are free for UDP and TCP now.
std::vector<std::uint16_t> free_ports(std::size_t count) {
  std::vector<std::uint16_t> ports;
  std::vector<int> held;  // All at once, so that none is given twice.
  for (std::size_t tries = 0; ports.size() < count && tries < count * 20; ++tries) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* place = reinterpret_cast<sockaddr*>(&address);
    held.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(held.back(), place, length) != 0) continue;
    ::getsockname(held.back(), place, &length);
    held.push_back(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (::bind(held.back(), place, length) == 0) ports.push_back(ntohs(address.sin_port));
  }
  for (const int socket : held) ::close(socket);
  return ports;
}

}  // namespace

Demo::Demo(Settings settings) : settings_(std::move(settings)), random_(settings_.seed) {}

Demo::~Demo() {
  nodes_.clear();
  std::error_code ignored;
  if (!directory_.empty() && !settings_.keeps_files)
    std::filesystem::remove_all(directory_, ignored);
}

Result<bool> Demo::run() {
  if (auto started = start_cluster(); !started) return tl::unexpected(started.error());
  if (auto deployed = deploy_ledger(); !deployed) return tl::unexpected(deployed.error());
  if (auto filled = fill_state(); !filled) return tl::unexpected(filled.error());
  {
    ResolveWatch watch{admin_sockets(), "ledger"};
    Writers writers{admin_sockets(), kWriters};
    story_.tell(
        fmt::format("{} clients add to counters, each write acknowledged only when it is in the "
                    "object store (frozen)",
                    kWriters));
    if (auto happened = let_things_happen(writers); !happened) {
      settings_.keeps_files = true;
      return tl::unexpected(happened.error());
    }
    writers.stop();
    const auto tallies = writers.tallies();
    acknowledged_ = writers.acknowledged();
    story_.tell(fmt::format("the clients stop: {} writes acknowledged, {} tries repeated",
                            acknowledged_, writers.retries()));
    auto settled = settle_accounts(tallies);
    resolve_regressions_ = watch.regressions();
    if (!settled) {
      settings_.keeps_files = true;
      return tl::unexpected(settled.error());
    }
  }
  audit();
  print_figures();
  const bool is_good = lost_ == 0 && invented_ == 0 && stale_slots_.empty() &&
                       stale_acknowledged_ == 0 && resolve_regressions_ == 0;
  if (!is_good) settings_.keeps_files = true;
  return is_good;
}

Result<void> Demo::start_cluster() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gossamer-demo-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorCode::io, fmt::format("cannot make {}: {}", pattern, std::strerror(errno)));
  }
  directory_ = pattern;
  if (auto made = write_new_key_file(directory_ + "/key"); !made) return made;
  if (auto opened = open_objects(); !opened) return opened;
  ports_ = free_ports(settings_.nodes);
  if (ports_.size() < settings_.nodes)
    return fail(ErrorCode::io, "there are not enough free ports");
  if (settings_.has_cloud) {
    auto cloud = DemoCloud::start();
    if (!cloud) return tl::unexpected(cloud.error());
    cloud_ = std::move(*cloud);
    for (const std::uint16_t port : ports_) machines_.push_back(cloud_->launch(port));
  }
  std::ofstream seeds{directory_ + "/seeds"};
  for (const std::uint16_t port : ports_) seeds << "127.0.0.1:" << port << '\n';
  seeds.close();
  for (std::size_t i = 0; i < settings_.nodes; ++i) {
    ChildNode::Plan plan;
    plan.program = settings_.program;
    plan.name = fmt::format("n{}", i + 1);
    plan.directory = directory_ + "/" + plan.name;
    plan.arguments = arguments_of(ports_[i]);
    nodes_.push_back(std::make_unique<ChildNode>(std::move(plan)));
    if (auto started = nodes_.back()->start(); !started) return started;
  }
  story_.tell(
      fmt::format("{} nodes start, as processes of their own, in {}", settings_.nodes, directory_));
  story_.tell(fmt::format("they keep what must last in {}, and find each other by {}",
                          settings_.object_store, cloud_ ? "an EC2 tag" : "a file"));
  const auto all_see_all = [this] {
    return std::all_of(nodes_.begin(), nodes_.end(), [this](const auto& node) {
      return !node->id().empty() && live_seen_by(*node) == nodes_.size();
    });
  };
  for (const Time deadline = now() + Milliseconds{30'000}; !all_see_all();) {
    if (now() > deadline)
      return tl::unexpected(broken("the nodes did not find each other within 30 s"));
    listen(Milliseconds{50});
  }
  story_.tell(fmt::format("all {} see all", settings_.nodes));
  return {};
}

Result<void> Demo::open_objects() {
  if (settings_.object_store.empty()) settings_.object_store = "dir:" + directory_ + "/objects";
  auto objects = ObjectsReader::open(settings_.object_store);
  if (!objects) return tl::unexpected(objects.error());
  objects_ = std::move(*objects);
  const auto keys = objects_->list("");
  if (!keys) return tl::unexpected(keys.error());
  if (keys->empty()) return {};
  return fail(ErrorCode::invalid_argument,
              fmt::format("{} holds objects already ({}): give the demo a prefix of its own",
                          settings_.object_store, keys->front()));
}

std::vector<std::string> Demo::arguments_of(std::uint16_t port) const {
  return {"--cluster",      kCluster,
          "--bind",         fmt::format("127.0.0.1:{}", port),
          "--key-file",     directory_ + "/key",
          "--object-store", settings_.object_store,
          "--discover",     cloud_ ? cloud_->url() : "file:" + directory_ + "/seeds",
          "--profile",      "fast"};
}

Result<void> Demo::deploy_ledger() {
  const auto deployed = examples::ask_node(
      nodes_.front()->admin_socket(),
      {{"request", "deploy"}, {"spec", {{"name", "ledger"}, {"freeze_after_entries", 200}}}});
  if (!deployed) return tl::unexpected(deployed.error());
  for (const Time deadline = now() + Milliseconds{30'000}; !find_owner();) {
    if (now() > deadline) return tl::unexpected(broken("nobody started the ledger within 30 s"));
    listen(Milliseconds{50});
  }
  story_.tell(fmt::format("the ledger is deployed; {} serves it in epoch {}",
                          nodes_[find_owner()->node]->name(), find_owner()->epoch));
  return {};
}

Result<void> Demo::fill_state() {
  if (settings_.state_mib == 0) return {};
  ledger::LedgerClient::Options options;
  options.admin_sockets = admin_sockets();
  options.client = "filler";
  ledger::LedgerClient client{options};
  const std::size_t values = settings_.state_mib * 1024 * 1024 / kFillBytes;
  std::string value(kFillBytes, ' ');
  for (std::size_t i = 0; i < values; ++i) {
    // Not compressible, or the state would be smaller than it says.
    for (char& letter : value) letter = static_cast<char>('0' + random_() % 75);
    const bool is_last = i + 1 == values;
    const auto put =
        client.put(fmt::format("fill-{}", i), value,
                   is_last ? Durability::frozen : Durability::local, Milliseconds{30'000});
    if (!put) return tl::unexpected(broken(put.error().detail));
    if (i % 64 == 0) listen(Milliseconds{0});
  }
  story_.tell(fmt::format("the ledger holds {} MiB of values", settings_.state_mib));
  return {};
}

Result<void> Demo::settle_accounts(const std::vector<Writers::Tally>& tallies) {
  // The last owner goes too: what its successor says has come through the object store.
  const auto owner = find_owner();
  if (!owner) return tl::unexpected(broken("nobody serves the ledger at the end"));
  nodes_[owner->node]->kill_and_wipe();
  ++killed_;
  story_.tell(
      fmt::format("{}, the last owner, is killed as well; its successor is asked for the counters",
                  nodes_[owner->node]->name()));
  ledger::LedgerClient::Options options;
  options.admin_sockets = admin_sockets();
  options.client = "judge";
  ledger::LedgerClient client{options};
  for (const Writers::Tally& tally : tallies) {
    const auto reply = client.get(tally.key, Milliseconds{30'000});
    if (!reply) return tl::unexpected(broken(reply.error().detail));
    const auto found = static_cast<std::uint64_t>(ledger::parse_number(reply->value).value_or(0));
    const std::uint64_t most = tally.acknowledged + tally.unknown;
    lost_ += tally.acknowledged - std::min(tally.acknowledged, found);
    invented_ += found - std::min(found, most);
    story_.tell(
        fmt::format("{} is {}; {} were acknowledged", tally.key, found, tally.acknowledged));
  }
  epoch_ = std::max(epoch_, client.epoch());
  return {};
}

void Demo::print_figures() const {
  if (invented_ > 0) story_.tell(fmt::format("{} writes were done more than once", invented_));
  for (const std::string& slot : stale_slots_) {
    story_.tell(fmt::format("journal slot {} is of an epoch below the claim under it", slot));
  }
  const std::uint64_t stale_effects =
      stale_slots_.size() + stale_acknowledged_ + resolve_regressions_;
  std::printf(
      "%s\n",
      fmt::format(R"({{"nodes":{},"killed":{},"paused":{},"detected_ms":{},"serving_again_ms":{},)"
                  R"("acknowledged_writes":{},"lost_writes":{},"stale_effects":{},)"
                  R"("stale_refused":{},"epoch":{},"state_mb":{}}})",
                  settings_.nodes, killed_, paused_, detected_ms_.to_json(),
                  serving_again_ms_.to_json(), acknowledged_, lost_, stale_effects, stale_refused_,
                  epoch_, settings_.state_mib)
          .c_str());
  std::fflush(stdout);
}

}  // namespace gossamer::demo
