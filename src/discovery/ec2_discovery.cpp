#include "discovery/ec2_discovery.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "discovery/ec2_lister.hpp"
#include "discovery/ec2_pace.hpp"
#include "discovery/ec2_sightings.hpp"

namespace gossamer {
namespace {

/// The poll lengthens a pace by up to half, and what was stated is to hold: a split must heal
/// within one interval.
std::chrono::seconds asked_every(std::chrono::seconds stated) {
  return std::max(stated * 2 / 3, std::chrono::seconds{1});
}

/// Off EC2 there is no metadata service, and asking for ever would say so for ever.
constexpr int kIdentityAsksMax = 3;

struct State : std::enable_shared_from_this<State> {
  State(Ec2Url the_url, aws::Session& the_session)
      : url(std::move(the_url)),
        session(the_session),
        lister(url, session),
        pace(asked_every(url.interval)) {}

  void ask(Discovery::Found found);
  void ask_identity();
  void on_listed(tl::expected<Ec2Lister::Listing, Ec2Lister::Failure> listed);
  void on_failure(const Ec2Lister::Failure& failure);
  void take_in(Ec2Lister::Listing listing);
  void answer(const Result<std::vector<Endpoint>>& seeds);

  const Ec2Url url;
  aws::Session& session;
  Ec2Lister lister;
  Ec2Pace pace;
  std::vector<Discovery::Found> waiting{};  // All get the answer of the one series under way.
  bool is_gone = false;                     // Whoever is told may destroy us.
  int identity_asks = 0;
  bool is_identity_asked = false;
  std::string own_machine{};
  LastEndpoints last{};
  std::vector<Sighting> sightings{};
  std::optional<Error> problem{};
};

void State::ask(Discovery::Found found) {
  waiting.push_back(std::move(found));
  if (waiting.size() > 1) return;
  ask_identity();
  lister.list([weak = weak_from_this()](auto listed) {
    if (const auto self = weak.lock()) self->on_listed(std::move(listed));
  });
}

void State::ask_identity() {
  if (!own_machine.empty() || is_identity_asked || identity_asks == kIdentityAsksMax) return;
  const auto metadata = session.metadata();
  if (!metadata) return;
  ++identity_asks;
  is_identity_asked = true;
  (*metadata)->identity([weak = weak_from_this()](Result<aws::InstanceIdentity> identity) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->is_identity_asked = false;
    if (identity) self->own_machine = identity->instance_id;
  });
}

void State::on_listed(tl::expected<Ec2Lister::Listing, Ec2Lister::Failure> listed) {
  if (!listed) return on_failure(listed.error());
  take_in(std::move(*listed));
  answer(seeds_of(sightings));
}

void State::on_failure(const Ec2Lister::Failure& failure) {
  if (failure.is_throttled) {
    pace.on_throttled();
  } else {
    pace.on_failed();
  }
  // The latest good answer stays what sightings() tells.
  answer(tl::unexpected(failure.error));
}

void State::take_in(Ec2Lister::Listing listing) {
  sightings = sightings_of(listing.instances, url, own_machine, last);
  problem = std::move(listing.problem);
  last.clear();
  for (const Sighting& sighting : sightings) {
    if (sighting.endpoint) last.emplace(sighting.machine, *sighting.endpoint);
  }
  const bool has_seeds = std::any_of(sightings.begin(), sightings.end(),
                                     [](const Sighting& each) { return each.left_out.empty(); });
  if (!has_seeds) return pace.on_nothing_found();
  const auto machines = std::count_if(sightings.begin(), sightings.end(), [](const Sighting& each) {
    return each.state == Sighting::State::running || each.state == Sighting::State::starting;
  });
  pace.on_found(static_cast<std::size_t>(machines), listing.pages);
}

void State::answer(const Result<std::vector<Endpoint>>& seeds) {
  std::vector<Discovery::Found> all = std::exchange(waiting, {});
  for (Discovery::Found& found : all) {
    if (is_gone) return;
    found(seeds);
  }
}

class Ec2Discovery final : public Discovery {
 public:
  Ec2Discovery(std::string name, Ec2Url url, aws::Session& session)
      : name_(std::move(name)), state_(std::make_shared<State>(std::move(url), session)) {}
  ~Ec2Discovery() override { state_->is_gone = true; }

  std::string_view name() const noexcept override { return name_; }
  void find_peers(Found found) override { state_->ask(std::move(found)); }
  std::optional<Error> problem() const override { return state_->problem; }
  Pace pace() const override { return state_->pace.pace(); }
  std::vector<Sighting> sightings() const override { return state_->sightings; }

 private:
  const std::string name_;
  std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<Discovery> make_ec2_discovery(std::string name, Ec2Url url, aws::Session& session) {
  return std::make_unique<Ec2Discovery>(std::move(name), std::move(url), session);
}

}  // namespace gossamer
