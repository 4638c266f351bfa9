#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aws/session.hpp"
#include "aws/termination_watch.hpp"
#include "discovery/seed_poll.hpp"
#include "discovery/witness.hpp"
#include "driver/driver.hpp"
#include "gossamer/events.hpp"
#include "gossamer/options.hpp"
#include "gossamer/publication.hpp"
#include "gossamer/services.hpp"
#include "gossamer/subscription.hpp"
#include "node/admin_requests.hpp"
#include "node/callback_queue.hpp"
#include "node/joins.hpp"
#include "node/mailbox.hpp"
#include "node/service_runner.hpp"
#include "node/subscribers.hpp"
#include "node/wakeups.hpp"
#include "objects/wrapping_keeper.hpp"
#include "ports/event_sink.hpp"
#include "store/rocks_node_store.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_network.hpp"
#include "transport/uv_timer.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::node {

/// What Node hides: the driver with its adapters on one libuv loop, and the user's side of it.
///
/// It lives in four steps: open (adapters), prove (is the object store usable?), begin (the driver
/// starts), close. Its methods live in the file of their concept: open.cpp, begin.cpp, close.cpp,
/// commands.cpp, listening.cpp, sources.cpp, termination.cpp, zone.cpp.
/// **Lifetime**: shared; keeps itself until libuv has confirmed that all handles are closed.
class Shell final : public Receiver,
                    public EventSink,
                    public Wakeups::Sleeper,
                    public std::enable_shared_from_this<Shell> {
 public:
  using Done = UniqueFunction<void(Result<void>)>;

  static Result<std::shared_ptr<Shell>> open(uv_loop_t* loop, NodeOptions options);
  ~Shell() override;

  /// `node` is what tasks of handles are given.
  void attach(Node& node);
  void join(std::chrono::milliseconds timeout, Done done);
  void leave(std::chrono::milliseconds timeout, Done done);
  void close(UniqueFunction<void()> done);
  /// ~Node: from here on nothing of the user's runs.
  void abandon();

  const NodeId& id() const { return identity_.id(); }
  const Endpoint& endpoint() const { return endpoint_; }
  std::optional<Endpoint> admin_endpoint() const {
    return remote_admin_ ? std::optional{remote_admin_->endpoint()} : std::nullopt;
  }
  uv_loop_t* loop() const { return uv_.get(); }
  const NodeOptions& options() const { return options_; }
  MemberView members() const;
  std::map<std::string, std::uint64_t> counters() const;
  const std::vector<Endpoint>& seeds() const { return seeds_found_; }
  /// Of the latest good answer of each source that lists machines.
  const std::map<std::string, std::vector<Sighting>>& sightings() const { return sightings_; }
  /// Of the latest answer of each source.
  std::vector<SeedPoll::Problem> discovery_problems() const {
    return seed_poll_ ? seed_poll_->problems() : std::vector<SeedPoll::Problem>{};
  }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }

  // commands.cpp
  Result<Publication> publish(NameRecord record);
  std::vector<NameRecord> resolve(std::string_view name) const;
  std::vector<std::string> names() const;
  Result<void> register_factory(std::string name, ServiceFactory factory);
  void deploy(ServiceSpec spec, UniqueFunction<void(Result<std::uint64_t>)> done);
  void undeploy(std::string service, Done done);
  void freeze(const UnitId& unit, UniqueFunction<void(Result<Sequence>)> done);
  std::vector<ServiceStatus> services() const;
  /// Why this node takes no part yet, or cannot; empty if it does.
  std::string waits_for() const;

  // keys.cpp
  std::vector<KeyStatus> keys() const;
  Result<std::uint32_t> add_key(std::string_view bytes);
  Result<void> use_key(std::uint32_t id);
  Result<void> remove_key(std::uint32_t id);

  // listening.cpp
  Subscription subscribe(std::function<void(const Event&)> callback);
  Subscription watch(std::string name, std::function<void(const std::vector<NameRecord>&)> watcher);

  void log(LogLevel level, std::string_view line) const;

 private:
  Shell(uv_loop_t* loop, NodeOptions options);

  // open.cpp
  Result<void> open_all();
  Result<void> open_identity();
  Result<void> open_admission();
  Result<void> open_network();
  Result<void> open_stores();
  Result<void> open_admin();

  Result<void> after_change(Result<void> changed);

  // commands.cpp
  using PublicationKey = std::pair<std::string, std::uint32_t>;  // Name and ordinal.
  Result<void> republish(const PublicationKey& key, std::map<std::string, std::string> attributes);

  // sources.cpp: where members are looked for
  Result<void> open_discovery();
  void on_seeds(std::vector<Endpoint> seeds);
  void on_sighted(const std::string& source, std::vector<Sighting> sightings);
  void on_discovery_failed(std::string_view source, const Error& error);

  // termination.cpp: this machine is to be taken away
  Result<void> open_termination_watch();
  void on_termination_notice(const aws::TerminationNotice& notice);
  void depart(std::chrono::milliseconds time_left);
  void end_departure();

  // zone.cpp
  Result<void> open_zone();
  void ask_zone();
  void learn_zone(std::string zone);

  // begin.cpp
  void prove_object_store();
  /// What is known of the object store when it has proved to be usable; nothing without one.
  struct StoreProof {
    std::string id{};  ///< Its cluster-id.
    wire::DataKey data_key{};
  };
  void find_data_key(std::string store_id);  // data_key.cpp
  void wrap_data_key();
  void on_wrapping_failed(std::uint32_t key_id, const Error& error);
  void on_object_store_proven(Result<StoreProof> proof);
  void begin(StoreProof store);
  void when_begun(UniqueFunction<void(Result<void>)> command);

  // close.cpp
  void begin_closing();
  void close_adapters();
  void drain_and_finish();
  void finish();
  void answer_later(UniqueFunction<void()> answer);

  // Receiver, EventSink, Wakeups::Sleeper: listening.cpp
  void on_datagram(const Endpoint& from, ByteView bytes) override;
  void on_frame(const Endpoint& from, ByteView bytes) override;
  void on_link(const Endpoint& peer, LinkEvent event) override;
  void on_event(const Event& event) override;
  void tell_subscribers(const Event& event);
  void on_name_changed(const std::string& name) override;
  void on_turn_ended() override;
  void on_round_trip(const NodeId& member, std::chrono::microseconds round_trip) override;
  void before_wait() override;
  std::optional<Instant> next_deadline() const override;
  void on_due(Duration lateness) override;
  void tell_watchers(const std::string& name);
  void publish_members();

  enum class Stage : std::uint8_t { opening, proving, begun, unusable, closing, closed };

  NodeOptions options_;
  UvLoop uv_;
  UvClock clock_;
  Stage stage_ = Stage::opening;
  std::uint64_t seed_ = 0;
  wire::ClusterKey key_{};
  StoreProof store_{};
  wire::Identity identity_{};
  driver::AdmissionPolicy admission_{};
  Bytes own_admission_{};
  store::NodeData node_data_{};
  Endpoint endpoint_{};
  Endpoint bound_{};

  std::shared_ptr<CallbackQueue> callbacks_;
  std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<ServiceRunner> runner_;
  std::unique_ptr<UvWorkers> workers_;         // For the local disk.
  std::unique_ptr<UvWorkers> object_workers_;  // For object stores that block.
  std::unique_ptr<aws::Session> session_;      // Outlives discovery, objects and the watch.
  std::unique_ptr<aws::TerminationWatch> termination_watch_;
  std::unique_ptr<UvNetwork> network_;
  std::unique_ptr<NodeStore> node_store_;
  std::unique_ptr<UnitStores> unit_stores_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<SeedPoll> seed_poll_;
  std::unique_ptr<Wakeups> wakeups_;
  std::unique_ptr<Joins> joins_;
  std::unique_ptr<AdminRequests> admin_;         // By the Unix socket.
  std::unique_ptr<AdminRequests> remote_admin_;  // By TCP.
  std::unique_ptr<driver::Driver> driver_;       // Last: gone before its ports.

  std::map<PublicationKey, NameRecord> publications_;
  std::vector<UniqueFunction<void(Result<void>)>> waiting_for_begin_;
  std::optional<Error> unusable_{};  ///< Why the object store cannot be used, for good or for now.
  /// The object store's next trial.
  struct Proof {
    Proof(UvLoop& loop, UniqueFunction<void()> again);
    UvTimer timer;
    Duration gap;
  };
  std::unique_ptr<Proof> proof_;
  /// The data key under the cluster's keys; from when they were first changed.
  struct Wrapping {
    explicit Wrapping(Shell& shell);
    UvTimer timer;
    objects::WrappingKeeper keeper;
  };
  std::unique_ptr<Wrapping> wrapping_;
  /// Where this machine is, asked again and again until it is told.
  struct ZoneQuestion {
    ZoneQuestion(UvLoop& loop, UniqueFunction<void()> again);
    UvTimer timer;
    Duration gap;
    bool is_told = false;  ///< To the log, that there was no answer.
  };
  std::unique_ptr<ZoneQuestion> zone_question_;
  std::vector<Endpoint> seeds_found_{};
  std::map<std::string, std::string> discovery_problems_{};
  std::map<std::string, std::vector<Sighting>> sightings_{};
  std::optional<Witness> witness_{};
  /// The freezes still owed before a goodbye that no user asked for.
  struct Departure {
    Departure(UvLoop& loop, UniqueFunction<void()> too_late) : timer(loop, std::move(too_late)) {}
    UvTimer timer;
    std::chrono::milliseconds goodbye{};
    std::size_t owed = 0;
  };
  std::unique_ptr<Departure> departure_;
  MemberView members_told_{};
  Subscribers<const Event&> event_subscribers_;
  using Watchers = Subscribers<const std::vector<NameRecord>&>;
  std::map<std::string, Watchers> watchers_;
  std::set<std::string> names_to_tell_;
  std::deque<UniqueFunction<void()>> close_done_;
  bool is_leaving_ = false;
  bool is_abandoned_ = false;
  std::shared_ptr<Shell> kept_;  // From open until libuv has confirmed the last close.
};

}  // namespace gossamer::node
