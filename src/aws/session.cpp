#include "aws/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "aws/container_credentials.hpp"
#include "aws/endpoint.hpp"
#include "aws/fixed_credentials.hpp"
#include "aws/instance_role.hpp"
#include "aws/profile_credentials.hpp"
#include "aws/web_identity.hpp"
#include "base/random.hpp"

namespace gossamer::aws {
namespace {

constexpr const char* kMetadataEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

/// The metadata service's endpoint may have a path, unlike a service's: a fake serves many
/// machines.
bool is_metadata_endpoint(std::string_view url) {
  return (url.starts_with("http://") || url.starts_with("https://")) &&
         url.find_first_of("@?#\\") == std::string_view::npos &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string first_of(const std::string& stated, const std::optional<std::string>& set,
                     const std::string& otherwise) {
  return !stated.empty() ? stated : set.value_or(otherwise);
}

/// It goes into host names and signatures, so that nonsense would fail far from its cause.
Result<std::string> checked_region(std::string region, std::string_view where) {
  if (is_region_name(region)) return region;
  std::string shown = region.substr(0, 100);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return fail(
      ErrorCode::invalid_argument,
      fmt::format("the region '{}' ({}) must be a region's name, such as eu-west-1", shown, where));
}

/// What a variable of the environment says, checked as `endpoint=` of a URL is: it is shown.
Result<std::string> endpoint_in(const std::string& variable, const std::string& url) {
  return parse_endpoint_url(url).map_error([&](Error&& error) {
    error.detail = fmt::format("{}: {}", variable, error.detail);
    return std::move(error);
  });
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

struct Session::State : std::enable_shared_from_this<State> {
  State(UvLoop& on, Workers& with, AwsOptions of, std::uint64_t seed, Environment in)
      : loop(on),
        workers(with),
        options(std::move(of)),
        environment(std::move(in)),
        random(seed),
        is_metadata_disabled(is_true(environment, "AWS_EC2_METADATA_DISABLED")) {}

  Result<http::Client*> get_client();
  Result<InstanceMetadata*> get_metadata();
  Result<CredentialsChain*> get_credentials();
  std::string stated_region() const;
  void find_region_in_profile(UniqueFunction<void(Result<std::string>)> done);
  /// `absent` is Profile's.
  void find_region_of_machine(std::string absent, UniqueFunction<void(Result<std::string>)> done);
  void read_profile_then(UniqueFunction<void(Result<Profile>)> done);
  void later(UniqueFunction<void()> task);

  UvLoop& loop;
  Workers& workers;
  const AwsOptions options;
  const Environment environment;
  Random random;
  const bool is_metadata_disabled;
  bool is_closed = false;
  // In this order, so that who uses the client goes before it.
  std::unique_ptr<http::Client> client{};
  std::unique_ptr<InstanceMetadata> metadata{};
  std::unique_ptr<CredentialsChain> credentials{};
};

Result<http::Client*> Session::State::get_client() {
  if (is_closed) return fail(ErrorCode::cancelled, "the session with AWS is closed");
  if (client == nullptr) {
    http::ClientOptions with;
    with.ca_file = first_of(options.ca_file, environment("AWS_CA_BUNDLE"), {});
    const bool with_ca_file = !with.ca_file.empty();
    auto opened = http::Client::open(loop, workers, std::move(with));
    if (!opened) {
      // Of what the user has set, only the file of certificates can be what is wrong.
      const char* setting = !options.ca_file.empty() ? "AwsOptions::ca_file: "
                            : with_ca_file           ? "AWS_CA_BUNDLE: "
                                                     : "";
      opened.error().detail.insert(0, setting);
      return tl::unexpected<Error>(std::move(opened.error()));
    }
    client = std::move(*opened);
  }
  return client.get();
}

Result<InstanceMetadata*> Session::State::get_metadata() {
  Result<http::Client*> with = get_client();
  if (!with) return tl::unexpected<Error>(std::move(with.error()));
  if (metadata == nullptr) {
    InstanceMetadata::Options at;
    const std::string mode =
        upper(environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or(""));
    at.endpoint = first_of(options.metadata_endpoint, environment(kMetadataEndpoint),
                           mode == "IPV6" ? "http://[fd00:ec2::254]" : at.endpoint);
    at.is_disabled = is_metadata_disabled;
    if (!is_metadata_endpoint(at.endpoint)) {
      return fail(
          ErrorCode::invalid_argument,
          fmt::format("the metadata endpoint (AwsOptions::metadata_endpoint or {}) is no URL "
                      "such as http://169.254.169.254",
                      kMetadataEndpoint));
    }
    metadata = std::make_unique<InstanceMetadata>(loop, **with, std::move(at));
  }
  return metadata.get();
}

Result<CredentialsChain*> Session::State::get_credentials() {
  if (credentials != nullptr && !is_closed) return credentials.get();
  Result<InstanceMetadata*> machine = get_metadata();
  if (!machine) return tl::unexpected<Error>(std::move(machine.error()));
  const std::string region = stated_region();
  auto sts = std::make_shared<WebIdentity>(
      loop, workers, *client,
      first_of(options.sts_endpoint, environment("AWS_ENDPOINT_URL_STS"), {}), random.next());
  std::vector<std::unique_ptr<CredentialsSource>> sources;
  sources.push_back(make_stated_credentials(options));
  // Who names a profile means it, whatever is left over in the environment.
  if (options.profile.empty()) {
    sources.push_back(make_environment_credentials(environment));
    sources.push_back(make_web_identity_credentials(sts, environment, region));
  }
  sources.push_back(
      make_profile_credentials(workers, find_profile_place(options, environment), sts, region));
  sources.push_back(make_container_credentials(loop, workers, *client, environment, random.next()));
  sources.push_back(make_instance_role(**machine, is_metadata_disabled));
  credentials = std::make_unique<CredentialsChain>(std::move(sources), &system_wall_time);
  return credentials.get();
}

std::string Session::State::stated_region() const {
  const std::string set =
      environment("AWS_REGION").value_or(environment("AWS_DEFAULT_REGION").value_or(std::string{}));
  return first_of(options.region, std::nullopt, set);
}

void Session::State::later(UniqueFunction<void()> task) {
  workers.post([weak = weak_from_this(), task = std::move(task)]() mutable {
    const auto state = weak.lock();
    if (state != nullptr && !state->is_closed) task();
  });
}

void Session::State::read_profile_then(UniqueFunction<void(Result<Profile>)> done) {
  auto profile = std::make_shared<Result<Profile>>();
  workers.run([profile, place = find_profile_place(
                            options, environment)] { *profile = read_profile(place); },
              [profile, weak = weak_from_this(), done = std::move(done)]() mutable {
                const auto state = weak.lock();
                if (state != nullptr && !state->is_closed) done(std::move(*profile));
              });
}

void Session::State::find_region_in_profile(UniqueFunction<void(Result<std::string>)> done) {
  read_profile_then(
      [weak = weak_from_this(), done = std::move(done)](Result<Profile> profile) mutable {
        const auto state = weak.lock();
        if (state == nullptr) return;
        if (!profile) return done(tl::unexpected<Error>(std::move(profile.error())));
        std::string region = profile->text("region");
        if (!region.empty()) return done(checked_region(std::move(region), "in the profile"));
        state->find_region_of_machine(std::move(profile->absent), std::move(done));
      });
}

void Session::State::find_region_of_machine(std::string absent,
                                            UniqueFunction<void(Result<std::string>)> done) {
  // Without it nothing else would work: it is not the region that is the matter.
  if (Result<http::Client*> with = get_client(); !with) {
    return done(tl::unexpected<Error>(std::move(with.error())));
  }
  const auto refuse = [absent = std::move(absent)](const std::string& why) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("no AWS region: it is neither stated nor in AWS_REGION, "
                    "AWS_DEFAULT_REGION or the profile, and the machine does not tell: {}{}",
                    why, absent));
  };
  Result<InstanceMetadata*> machine = get_metadata();
  if (!machine) return done(refuse(machine.error().detail));
  (*machine)->identity([done = std::move(done), refuse](Result<InstanceIdentity> identity) mutable {
    if (!identity) return done(refuse(identity.error().detail));
    done(std::move(identity->region));
  });
}

Session::Session(UvLoop& loop, Workers& workers, AwsOptions options, std::uint64_t seed,
                 Environment environment)
    : state_(std::make_shared<State>(loop, workers, std::move(options), seed,
                                     std::move(environment))) {}

Session::~Session() {
  close();
}

Result<http::Client*> Session::client() {
  return state_->get_client();
}
Result<InstanceMetadata*> Session::metadata() {
  return state_->get_metadata();
}
Result<CredentialsChain*> Session::credentials() {
  return state_->get_credentials();
}

void Session::find_region(std::string stated, UniqueFunction<void(Result<std::string>)> done) {
  if (state_->is_closed) return;
  std::string region = first_of(stated, std::nullopt, state_->stated_region());
  if (region.empty()) return state_->find_region_in_profile(std::move(done));
  state_->later([region = std::move(region), done = std::move(done)]() mutable {
    done(checked_region(std::move(region), "stated, or in AWS_REGION or AWS_DEFAULT_REGION"));
  });
}

void Session::find_endpoint(std::string service, std::string stated,
                            UniqueFunction<void(Result<std::string>)> done) {
  State& state = *state_;
  if (state.is_closed) return;
  const bool is_ignored = is_true(state.environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
  std::optional<Result<std::string>> url;
  if (!stated.empty() || is_ignored) url = std::move(stated);
  for (const std::string& name :
       {"AWS_ENDPOINT_URL_" + upper(service), std::string{"AWS_ENDPOINT_URL"}}) {
    const std::optional<std::string> set = url ? std::nullopt : state.environment(name);
    if (set) url = endpoint_in(name, *set);
  }
  if (url) {
    state.later(
        [url = std::move(*url), done = std::move(done)]() mutable { done(std::move(url)); });
    return;
  }
  state.read_profile_then(
      [service = std::move(service), done = std::move(done)](Result<Profile> profile) mutable {
        done(std::move(profile).and_then(
            [&](const Profile& found) { return found.endpoint_of(service); }));
      });
}

std::optional<http::ClientCounters> Session::counters() const {
  if (state_->client == nullptr) return std::nullopt;
  return state_->client->counters();
}

UvLoop& Session::loop() {
  return state_->loop;
}
Workers& Session::workers() {
  return state_->workers;
}
std::uint64_t Session::next_seed() {
  return state_->random.next();
}

void Session::close() {
  State& state = *state_;
  if (std::exchange(state.is_closed, true)) return;
  if (state.credentials != nullptr) state.credentials->close();
  if (state.metadata != nullptr) state.metadata->close();
  if (state.client != nullptr) state.client->close();
}

}  // namespace gossamer::aws
