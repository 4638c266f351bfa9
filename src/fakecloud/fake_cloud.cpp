#include "gossamer/fake_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "fakecloud/dispatch.hpp"
#include "fakecloud/http_server.hpp"

namespace gossamer {

struct FakeCloud::State {
  explicit State(Options options) : parts(std::move(options)) {}

  fakecloud::Parts parts;
  fakecloud::LaterList later{};
  fakecloud::Dispatch dispatch{parts, later};
  std::unique_ptr<fakecloud::HttpServer> server{};  // Last, so that its threads end first.
};

namespace {

/// More than AWS calls so, since servers of its protocols have names of their own.
bool is_region(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

FakeCloud::FakeCloud(std::shared_ptr<State> state) : state_(std::move(state)) {}
FakeCloud::~FakeCloud() {
  stop();
}

Result<std::unique_ptr<FakeCloud>> FakeCloud::start(Options options) {
  if (options.page_max == 0 || options.access_key_id.empty() || options.secret_access_key.empty()) {
    return fail(ErrorCode::invalid_argument,
                "cannot start a fake cloud without a key, a secret, or with empty pages only");
  }
  if (!is_region(options.region)) {
    return fail(ErrorCode::invalid_argument,
                "cannot start a fake cloud in such a region: its name has letters, digits and "
                "hyphens, as us-east-1");
  }
  const std::uint16_t port = options.port;
  auto state = std::make_shared<State>(std::move(options));
  auto server = fakecloud::HttpServer::start(
      port, state->parts.quota,
      [raw = state.get()](const fakecloud::Request& request, fakecloud::RequestReader::End read) {
        return raw->dispatch.answer(request, read);
      });
  if (!server) return tl::unexpected<Error>(server.error());
  state->server = std::move(*server);
  return std::unique_ptr<FakeCloud>{new FakeCloud{std::move(state)}};
}

void FakeCloud::stop() {
  state_->server->stop();
  state_->later.stop();
}

std::string FakeCloud::endpoint() const {
  return fmt::format("http://127.0.0.1:{}", state_->server->port());
}
std::string FakeCloud::metadata_endpoint(const std::string& id) const {
  return endpoint() + "/imds/" + id;
}
std::string FakeCloud::container_endpoint() const {
  return endpoint() + "/container-credentials";
}

std::string FakeCloud::add_instance(FakeInstance instance) {
  return state_->parts.instances.add(std::move(instance), aws::system_wall_time());
}
void FakeCloud::set_state(const std::string& id, const std::string& state) {
  state_->parts.instances.set_state(id, state);
}
void FakeCloud::set_tag(const std::string& id, const std::string& key, const std::string& value) {
  state_->parts.instances.set_tag(id, key, value);
}
void FakeCloud::give_notice(const std::string& id, const std::string& action,
                            std::chrono::seconds in) {
  const aws::WallTime now = aws::system_wall_time();
  state_->parts.instances.give_notice(id, {action, now + in, now});
}

std::uint64_t FakeCloud::add_fault(FakeFault fault) {
  return state_->parts.faults.add(std::move(fault));
}
void FakeCloud::remove_fault(std::uint64_t number) {
  state_->parts.faults.remove(number);
}
void FakeCloud::clear_faults() {
  state_->parts.faults.clear();
}
void FakeCloud::expire_credentials() {
  state_->parts.keys.expire_all(aws::system_wall_time());
}

std::map<std::string, std::uint64_t> FakeCloud::counters() const {
  return state_->parts.counters.all();
}
void FakeCloud::reset_counters() {
  state_->parts.counters.reset();
}

}  // namespace gossamer
