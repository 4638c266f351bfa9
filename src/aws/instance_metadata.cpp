#include "aws/instance_metadata.hpp"

#include <array>
#include <utility>
#include <vector>

#include "aws/metadata_documents.hpp"
#include "aws/metadata_session.hpp"
#include "aws/uri.hpp"

namespace gossamer::aws {
namespace {

constexpr std::size_t kTagsMax = 200;  // EC2 allows 50.

/// What is asked for by itself, unless the identity document has said it.
struct Address {
  const char* path;
  std::string InstanceIdentity::*field;
};
constexpr std::array<Address, 3> kAddresses{{
    {"meta-data/local-ipv4", &InstanceIdentity::private_v4},
    {"meta-data/public-ipv4", &InstanceIdentity::public_v4},
    {"meta-data/ipv6", &InstanceIdentity::private_v6},
}};

}  // namespace

struct InstanceMetadata::State : std::enable_shared_from_this<State> {
  State(UvLoop& loop, http::Client& client, Options options)
      : session(std::make_shared<MetadataSession>(loop, client, std::move(options))) {}

  void ask_identity();
  void ask_address(std::size_t index, InstanceIdentity identity);
  void on_identity(Result<InstanceIdentity> identity);
  void ask_tags(std::shared_ptr<std::vector<std::string>> keys, std::size_t next,
                std::map<std::string, std::string> tags,
                Done<std::map<std::string, std::string>> done);

  std::shared_ptr<MetadataSession> session;
  std::optional<InstanceIdentity> known{};
  std::vector<Done<InstanceIdentity>> identity_waiters{};
};

void InstanceMetadata::State::ask_identity() {
  const std::string path = "dynamic/instance-identity/document";
  session->get(path, [weak = weak_from_this(), path](Result<std::string> document) {
    const auto state = weak.lock();
    if (state == nullptr) return;
    if (!document) return state->on_identity(tl::unexpected<Error>(document.error()));
    Result<InstanceIdentity> identity = parse_identity_document(*document);
    if (identity) return state->ask_address(0, std::move(*identity));
    state->on_identity(tl::unexpected<Error>(
        state->session->problem(identity.error().code, path, identity.error().detail)));
  });
}

// The document knows neither the public address nor that of version 6; many machines have none.
void InstanceMetadata::State::ask_address(std::size_t index, InstanceIdentity identity) {
  if (index == kAddresses.size()) return on_identity(std::move(identity));
  const Address& address = kAddresses[index];
  if (!(identity.*address.field).empty()) return ask_address(index + 1, std::move(identity));
  session->get(address.path, [weak = weak_from_this(), index,
                              identity = std::move(identity)](Result<std::string> answer) mutable {
    const auto state = weak.lock();
    if (state == nullptr) return;
    if (answer) {
      identity.*kAddresses[index].field = answer->substr(0, answer->find_first_of("\r\n"));
    } else if (answer.error().code != ErrorCode::not_found) {
      return state->on_identity(tl::unexpected<Error>(std::move(answer.error())));
    }
    state->ask_address(index + 1, std::move(identity));
  });
}

void InstanceMetadata::State::on_identity(Result<InstanceIdentity> identity) {
  if (identity) known = *identity;
  for (Done<InstanceIdentity>& done : std::exchange(identity_waiters, {})) {
    if (session->is_closed()) return;
    done(identity);
  }
}

void InstanceMetadata::State::ask_tags(std::shared_ptr<std::vector<std::string>> keys,
                                       std::size_t next, std::map<std::string, std::string> tags,
                                       Done<std::map<std::string, std::string>> done) {
  if (next == keys->size() || next == kTagsMax) return done(std::move(tags));
  const std::string& key = (*keys)[next];
  session->get("meta-data/tags/instance/" + uri_encode(key),
               [weak = weak_from_this(), keys, next, tags = std::move(tags),
                done = std::move(done)](Result<std::string> value) mutable {
                 const auto state = weak.lock();
                 if (state == nullptr) return;
                 if (value) {
                   tags[(*keys)[next]] = std::move(*value);
                 } else if (value.error().code != ErrorCode::not_found) {
                   return done(tl::unexpected<Error>(std::move(value.error())));
                 }
                 state->ask_tags(keys, next + 1, std::move(tags), std::move(done));
               });
}

InstanceMetadata::InstanceMetadata(UvLoop& loop, http::Client& client, Options options)
    : state_(std::make_shared<State>(loop, client, std::move(options))) {}

InstanceMetadata::~InstanceMetadata() {
  close();
}

void InstanceMetadata::close() {
  state_->session->close();
  state_->identity_waiters.clear();
}

void InstanceMetadata::get(std::string path, Done<std::string> done) {
  state_->session->get(std::move(path), std::move(done));
}

void InstanceMetadata::identity(Done<InstanceIdentity> done) {
  State& state = *state_;
  if (state.session->is_closed()) return;
  if (state.known) {
    state.session->later([known = *state.known, done = std::move(done)]() mutable { done(known); });
    return;
  }
  state.identity_waiters.push_back(std::move(done));
  if (state.identity_waiters.size() == 1) state.ask_identity();
}

void InstanceMetadata::tags(Done<std::map<std::string, std::string>> done) {
  get("meta-data/tags/instance",
      [weak = std::weak_ptr{state_}, done = std::move(done)](Result<std::string> keys) mutable {
        const auto state = weak.lock();
        if (state == nullptr) return;
        if (!keys && keys.error().code != ErrorCode::not_found) {
          return done(tl::unexpected<Error>(std::move(keys.error())));
        }
        auto listed = std::make_shared<std::vector<std::string>>();
        if (keys) *listed = parse_lines(*keys);
        state->ask_tags(std::move(listed), 0, {}, std::move(done));
      });
}

void InstanceMetadata::notice(Done<std::optional<TerminationNotice>> done) {
  using Parse = Result<TerminationNotice> (*)(std::string_view);
  // Nothing means: ask the next.
  const auto read = [](Result<std::string>& answer,
                       Parse parse) -> std::optional<Result<TerminationNotice>> {
    if (answer) return parse(*answer);
    if (answer.error().code == ErrorCode::not_found) return std::nullopt;
    return tl::unexpected<Error>(answer.error());
  };
  const auto give = [](Done<std::optional<TerminationNotice>>& to,
                       std::optional<Result<TerminationNotice>> read_one) {
    if (!read_one) return to(std::optional<TerminationNotice>{});
    to(std::move(*read_one).map([](TerminationNotice&& notice) { return std::optional{notice}; }));
  };
  get("meta-data/spot/instance-action", [weak = std::weak_ptr{state_}, done = std::move(done), read,
                                         give](Result<std::string> action) mutable {
    const auto state = weak.lock();
    if (state == nullptr) return;
    if (auto notice = read(action, &parse_instance_action)) return give(done, std::move(notice));
    state->session->get("meta-data/events/recommendations/rebalance",
                        [done = std::move(done), read, give](Result<std::string> advice) mutable {
                          give(done, read(advice, &parse_rebalance));
                        });
  });
}

}  // namespace gossamer::aws
