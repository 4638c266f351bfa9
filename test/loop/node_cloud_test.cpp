// A node and what the cloud says: sightings, notices of termination, the store in a bucket.

#include <catch2/catch.hpp>
#include <cstdlib>

#include "gossamer/doctor.hpp"
#include "gossamer/fake_cloud.hpp"
#include "gossamer/find_seeds.hpp"
#include "node_fixture.hpp"

using namespace gossamer;
using namespace gossamer::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// What a test lets its nodes find.
struct List {
  std::vector<Endpoint> seeds{};
  std::vector<Sighting> sightings{};
};

class ListedDiscovery final : public Discovery {
 public:
  explicit ListedDiscovery(std::shared_ptr<List> list) : list_(std::move(list)) {}
  std::string_view name() const noexcept override { return "list"; }
  void find_peers(Found found) override { found(list_->seeds); }
  std::vector<Sighting> sightings() const override { return list_->sightings; }
  Pace pace() const override { return {milliseconds{0}, milliseconds{100}, milliseconds{100}}; }

 private:
  std::shared_ptr<List> list_;
};

NodeOptions listed(const std::string& name, const std::shared_ptr<List>& list) {
  NodeOptions options = node_options(name);
  options.discovery.push_back(std::make_unique<ListedDiscovery>(list));
  return options;
}

Sighting sighting(const Node& node, Sighting::State state) {
  Sighting seen;
  seen.machine = "machine of " + to_string(node.endpoint());
  seen.endpoint = node.endpoint();
  seen.state = state;
  return seen;
}

AwsOptions keys() {
  AwsOptions aws;
  aws.access_key_id = "AKFAKE";
  aws.secret_access_key = "FAKESECRETFAKESECRET";
  aws.region = "us-east-1";
  return aws;
}

/// With requests under way a node needs several turns of the loop.
void close_all(LoopFixture& loop, const std::vector<Node*>& nodes) {
  std::size_t closed = 0;
  for (Node* node : nodes) node->close([&] { ++closed; });
  CHECK(loop.run_until([&] { return closed == nodes.size(); }));
}

std::unique_ptr<FakeCloud> start_cloud() {
  // Every endpoint here is stated, and on loopback.
  ::unsetenv("AWS_EC2_METADATA_DISABLED");
  auto cloud = FakeCloud::start({});
  REQUIRE(cloud);
  return std::move(*cloud);
}

}  // namespace

TEST_CASE("node: a source's word that a member is gone is told, and does not kill one that answers",
          "[node][witness]") {
  LoopFixture loop;
  const auto list = std::make_shared<List>();
  auto a = open_node(loop, listed("a", list));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  REQUIRE(loop.run_until([&] { return a->members().live_count() == 2; }));
  std::vector<DiscoveryDifference> told;
  int downs = 0;
  const auto differences =
      a->on<DiscoveryDifference>([&](const auto& event) { told.push_back(event); });
  const auto deaths = a->on<MembersDown>([&](const auto&) { ++downs; });
  list->sightings = {sighting(*a, Sighting::State::running), sighting(*b, Sighting::State::gone)};
  REQUIRE(loop.run_until([&] { return !told.empty(); }));
  CHECK(told[0].kind == DiscoveryDifference::Kind::gone_but_alive);
  CHECK(told[0].endpoint == b->endpoint());
  CHECK(told[0].source == "list");
  CHECK_FALSE(loop.run_until([&] { return downs > 0 || told.size() > 1; }, seconds{2}));
  CHECK(a->members().live_count() == 2);
}

TEST_CASE("node: members that are silent and whose machines are gone are down at once",
          "[node][witness]") {
  LoopFixture loop;
  const auto list = std::make_shared<List>();
  NodeOptions options = listed("a", list);
  // A long suspicion: silence alone would take its time.
  options.membership = MembershipOptions::calm();
  auto a = open_node(loop, std::move(options));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  auto c = open_node(loop, node_options("c", to_string(a->endpoint())));
  REQUIRE(loop.run_until([&] { return a->members().live_count() == 3; }));
  const MembershipOptions calm = MembershipOptions::calm();
  const Sighting gone = sighting(*b, Sighting::State::gone);
  b.reset();
  list->sightings = {sighting(*a, Sighting::State::running), sighting(*c, Sighting::State::running),
                     gone};
  // A probe that may be on its way, and the one that is made because of the word.
  CHECK(loop.run_until([&] { return a->members().live_count() == 2; },
                       2 * (3 * calm.probe_timeout) + milliseconds{900}));
}

TEST_CASE("node: a machine that does not join and a member that is not listed are told",
          "[node][witness]") {
  LoopFixture loop;
  const auto list = std::make_shared<List>();
  auto a = open_node(loop, listed("a", list));
  auto b = open_node(loop, node_options("b", to_string(a->endpoint())));
  REQUIRE(loop.run_until([&] { return a->members().live_count() == 2; }));
  std::vector<DiscoveryDifference> told;
  const auto differences =
      a->on<DiscoveryDifference>([&](const auto& event) { told.push_back(event); });
  Sighting idle = sighting(*a, Sighting::State::running);
  idle.machine = "idle";
  idle.endpoint = Endpoint{"127.0.0.1", 1};
  list->sightings = {sighting(*a, Sighting::State::running), idle};
  REQUIRE(loop.run_until([&] { return told.size() >= 2; }));
  CHECK(told[0].kind == DiscoveryDifference::Kind::not_joined);
  CHECK(told[0].machine == "idle");
  CHECK(told[1].kind == DiscoveryDifference::Kind::unknown_member);
  CHECK(told[1].endpoint == b->endpoint());
  CHECK_FALSE(loop.run_until([&] { return told.size() > 2; }, milliseconds{500}));
}

TEST_CASE(
    "node: of a spot interruption it tells, leaves and closes by itself; a recommendation it only "
    "tells",
    "[node][termination]") {
  LoopFixture loop;
  const auto cloud = start_cloud();
  const std::string machine = cloud->add_instance({});
  auto a = open_node(loop, node_options("a"));
  NodeOptions options = node_options("b", to_string(a->endpoint()));
  options.watches_termination = true;
  options.aws.metadata_endpoint = cloud->metadata_endpoint(machine);
  auto b = open_node(loop, std::move(options));
  REQUIRE(loop.run_until([&] { return a->members().live_count() == 2; }));
  std::vector<TerminationNotice> notices;
  int lefts = 0;
  const auto told =
      b->on<TerminationNotice>([&](const auto& notice) { notices.push_back(notice); });
  const auto left = a->on<MemberLeft>([&](const auto&) { ++lefts; });

  cloud->give_notice(machine, "rebalance", seconds{0});
  REQUIRE(loop.run_until([&] { return notices.size() == 1; }, seconds{12}));
  CHECK(notices[0].kind == TerminationNotice::Kind::rebalance);
  CHECK_FALSE(loop.run_until([&] { return lefts > 0; }, milliseconds{300}));

  cloud->give_notice(machine, "terminate", seconds{120});
  REQUIRE(loop.run_until([&] { return lefts > 0; }, seconds{12}));
  REQUIRE(notices.size() == 2);
  CHECK(notices[1].kind == TerminationNotice::Kind::spot_terminate);
  CHECK(notices[1].at_unix_s > 0);
  bool is_closed = false;
  b->close([&] { is_closed = true; });
  CHECK(loop.run_until([&] { return is_closed; }));
  const auto late = b->naming().publish("web", {"127.0.0.1", 80});
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::cancelled);
}

TEST_CASE("node: one that finds others by ec2: asks its machine for the zone, and says it to all",
          "[node][zone]") {
  LoopFixture loop;
  const auto cloud = start_cloud();
  FakeInstance instance;
  instance.zone = "us-east-1f";
  const std::string machine = cloud->add_instance(instance);
  auto a = open_node(loop, node_options("a"));
  NodeOptions options = node_options("b", to_string(a->endpoint()));
  options.discovery_urls.push_back("ec2:cluster=blue?endpoint=" + cloud->endpoint());
  options.aws = keys();
  options.aws.metadata_endpoint = cloud->metadata_endpoint(machine);
  auto b = open_node(loop, std::move(options));
  const auto zone_seen = [&] {
    const MemberView members = a->members();
    const Member* member = members.find(b->id());
    return member == nullptr ? std::string{} : member->zone;
  };
  CHECK(loop.run_until([&] { return zone_seen() == "us-east-1f"; }));
  close_all(loop, {a.get(), b.get()});
}

TEST_CASE(
    "node: a stated zone is not asked for, and a machine that tells none keeps nobody waiting",
    "[node][zone]") {
  LoopFixture loop;
  const auto cloud = start_cloud();
  const std::string machine = cloud->add_instance({});
  const auto with = [&](const std::string& name, const std::string& seed) {
    NodeOptions options = node_options(name, seed);
    options.discovery_urls.push_back("ec2:cluster=blue?endpoint=" + cloud->endpoint());
    options.aws = keys();
    return options;
  };
  NodeOptions stated = with("a", "");
  stated.zone = "rack-7";
  stated.aws.metadata_endpoint = cloud->metadata_endpoint(machine);
  auto a = open_node(loop, std::move(stated));
  CHECK(a->members().find(a->id())->zone == "rack-7");
  NodeOptions silent = with("b", to_string(a->endpoint()));
  silent.aws.metadata_endpoint = "http://127.0.0.1:1";
  auto b = open_node(loop, std::move(silent));
  REQUIRE(loop.run_until([&] { return a->members().live_count() == 2; }));
  CHECK(a->members().find(b->id())->zone.empty());
  CHECK(a->members().find(a->id())->zone == "rack-7");
  close_all(loop, {a.get(), b.get()});
  NodeOptions wrong = node_options("c");
  wrong.zone = std::string(65, 'z');
  CHECK(wrong.validate().error().detail.find("zone") != std::string::npos);
  wrong.zone = "a\nb";
  CHECK(wrong.validate().error().detail.find("zone") != std::string::npos);
}

TEST_CASE("node: a store in a bucket is proved at the start, and what HTTP did is counted",
          "[node][s3]") {
  LoopFixture loop;
  const auto cloud = start_cloud();
  NodeOptions options = node_options("a");
  options.object_store_url = "s3://bucket-1/x?endpoint=" + cloud->endpoint();
  options.aws = keys();
  auto node = open_node(loop, std::move(options));
  std::optional<Result<void>> joined;
  node->join(seconds{10}, [&](Result<void> result) { joined = std::move(result); });
  REQUIRE(loop.run_until([&] { return joined.has_value(); }, seconds{15}));
  CHECK(joined->has_value());
  CHECK(node->counters()["http_requests"] > 3);
  CHECK(node->counters()["http_bytes_sent"] > 0);
  bool is_closed = false;
  node->close([&] { is_closed = true; });
  CHECK(loop.run_until([&] { return is_closed; }));
}

TEST_CASE("node: a bucket that the keys do not open is told at the join, without the keys",
          "[node][s3]") {
  LoopFixture loop;
  const auto cloud = start_cloud();
  NodeOptions options = node_options("a");
  options.object_store_url = "s3://bucket-1/x?endpoint=" + cloud->endpoint();
  options.aws = keys();
  options.aws.secret_access_key = "NoSuchSecretNoSuchSecret";
  auto node = open_node(loop, std::move(options));
  std::optional<Result<void>> joined;
  node->join(seconds{10}, [&](Result<void> result) { joined = std::move(result); });
  REQUIRE(loop.run_until([&] { return joined.has_value(); }, seconds{15}));
  REQUIRE_FALSE(*joined);
  CHECK(joined->error().code == ErrorCode::permission_denied);
  CHECK(joined->error().detail.find("NoSuchSecret") == std::string::npos);
}

TEST_CASE("doctor: names a store that overwrites what was to be created once", "[doctor]") {
  const auto cloud = start_cloud();
  const std::string url = "s3://bucket-1/x?endpoint=" + cloud->endpoint();
  const auto well = examine_object_store(url, seconds{10}, keys());
  REQUIRE(well);
  for (const DoctorStep& step : well->steps) {
    CAPTURE(step.operation, step.detail);
    CHECK(step.is_ok);
  }
  CHECK(well->is_healthy());
  const auto wrong = examine_object_store("s3://bucket-1/x?style=none", seconds{10}, keys());
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::invalid_argument);
}

const DoctorStep& step_of(const DoctorReport& report, const std::string& operation) {
  for (const DoctorStep& step : report.steps) {
    if (step.operation == operation) return step;
  }
  FAIL("there is no step " << operation);
  return report.steps.front();
}

FakeFault s3_fault(FakeFault::Kind kind, const char* operation, int status, const char* code) {
  FakeFault fault;
  fault.kind = kind;
  fault.service = "s3";
  fault.operation = operation;
  fault.status = status;
  fault.code = code;
  return fault;
}

TEST_CASE("doctor: uploads in parts are tried as such, and an abort too", "[doctor]") {
  const auto cloud = start_cloud();
  const std::string url = "s3://bucket-1/x?endpoint=" + cloud->endpoint();
  const auto well = examine_object_store(url, seconds{10}, keys());
  REQUIRE(well);
  CHECK(step_of(*well, "put in parts").is_ok);
  CHECK(step_of(*well, "abort an upload").is_ok);
  auto counters = cloud->counters();
  CHECK(counters["s3.UploadPart"] == 2);
  CHECK(counters["s3.CompleteMultipartUpload"] == 1);
  CHECK(counters["s3.AbortMultipartUpload"] == 1);
  cloud->add_fault(s3_fault(FakeFault::Kind::status, "AbortMultipartUpload", 403, "AccessDenied"));
  const auto forbidden = examine_object_store(url, seconds{10}, keys());
  REQUIRE(forbidden);
  CHECK_FALSE(forbidden->is_healthy());
  const DoctorStep& step = step_of(*forbidden, "abort an upload");
  CHECK_FALSE(step.is_ok);
  CHECK(step.detail.find("AccessDenied") != std::string::npos);
  CHECK(step.detail.find("endpoint " + cloud->endpoint()) != std::string::npos);
  CHECK(step.detail.find("credentials from ") != std::string::npos);
}

TEST_CASE("doctor: a create whose answer is lost is found to have happened", "[doctor]") {
  const auto cloud = start_cloud();
  FakeFault fault =
      s3_fault(FakeFault::Kind::status_after_success, "PutObject", 500, "InternalError");
  fault.times = 1;
  cloud->add_fault(fault);
  const auto report =
      examine_object_store("s3://bucket-1/x?endpoint=" + cloud->endpoint(), seconds{10}, keys());
  REQUIRE(report);
  CHECK(step_of(*report, "create").is_ok);
  CHECK(report->is_healthy());
}

TEST_CASE("doctor: a store that overwrites is told in words that do not contradict", "[doctor]") {
  const auto cloud = start_cloud();
  cloud->add_fault(s3_fault(FakeFault::Kind::unconditional, "PutObject", 0, ""));
  const auto report =
      examine_object_store("s3://bucket-1/x?endpoint=" + cloud->endpoint(), seconds{10}, keys());
  REQUIRE(report);
  const DoctorStep& step = step_of(*report, "create again");
  CHECK_FALSE(step.is_ok);
  CHECK(step.detail.find("a second create of one key succeeded") == 0);
}

TEST_CASE("seeds: machines that are no seeds come with the reason", "[seeds]") {
  const auto cloud = start_cloud();
  FakeInstance good;
  good.private_v4 = "10.0.0.1";
  good.tags["cluster"] = "blue";
  FakeInstance stopped = good;
  stopped.private_v4 = "10.0.0.2";
  stopped.state = "stopped";
  cloud->add_instance(good);
  cloud->add_instance(stopped);
  const auto answers =
      find_seeds({"ec2:cluster=blue?endpoint=" + cloud->endpoint()}, seconds{10}, keys());
  REQUIRE(answers);
  REQUIRE(answers->size() == 1);
  REQUIRE((*answers)[0].seeds);
  CHECK(*(*answers)[0].seeds == std::vector<Endpoint>{{"10.0.0.1", 7946}});
  REQUIRE((*answers)[0].sightings.size() == 2);
  for (const Sighting& seen : (*answers)[0].sightings) {
    CHECK(seen.left_out.empty() == (seen.endpoint && seen.endpoint->address == "10.0.0.1"));
  }
}
