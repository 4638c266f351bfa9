// The public classes, each a name for a part of the shell.

#include "gossamer/node.hpp"

#include "node/shell.hpp"

namespace gossamer {

Result<std::unique_ptr<Node>> Node::open(uv_loop_t* loop, NodeOptions options) {
  auto shell = node::Shell::open(loop, std::move(options));
  if (!shell) return tl::unexpected(shell.error());
  std::unique_ptr<Node> opened{new Node{std::move(*shell)}};
  opened->shell_->attach(*opened);
  return opened;
}

Node::Node(std::shared_ptr<node::Shell> shell)
    : shell_(std::move(shell)), naming_(*shell_), services_(*shell_), keys_(*shell_) {}

Node::~Node() {
  shell_->abandon();
}

void Node::join(std::chrono::milliseconds timeout, Done done) {
  shell_->join(timeout, std::move(done));
}
void Node::leave(std::chrono::milliseconds timeout, Done done) {
  shell_->leave(timeout, std::move(done));
}
void Node::close(UniqueFunction<void()> done) {
  shell_->close(std::move(done));
}

const NodeId& Node::id() const {
  return shell_->id();
}
Endpoint Node::endpoint() const {
  return shell_->endpoint();
}
std::optional<Endpoint> Node::admin_endpoint() const {
  return shell_->admin_endpoint();
}
uv_loop_t* Node::loop() const {
  return shell_->loop();
}
MemberView Node::members() const {
  return shell_->members();
}
std::optional<std::chrono::microseconds> Node::round_trip(const NodeId& member) const {
  return shell_->mailbox()->round_trip(member);
}
std::vector<NameRecord> Node::nearest(std::vector<NameRecord> records) const {
  return shell_->mailbox()->nearest(std::move(records));
}
std::map<std::string, std::uint64_t> Node::counters() const {
  return shell_->counters();
}
Naming& Node::naming() {
  return naming_;
}
Services& Node::services() {
  return services_;
}
Keys& Node::keys() {
  return keys_;
}
NodeHandle Node::handle() const {
  return NodeHandle{shell_->mailbox()};
}

Subscription Node::subscribe(std::function<void(const Event&)> callback) {
  return shell_->subscribe(std::move(callback));
}

Result<Publication> Naming::publish(std::string name, Endpoint endpoint,
                                    std::map<std::string, std::string> attributes,
                                    std::uint32_t schema) {
  NameRecord record;
  record.name = std::move(name);
  record.endpoint = std::move(endpoint);
  record.attributes = std::move(attributes);
  record.schema = schema;
  return shell_.publish(std::move(record));
}
std::vector<NameRecord> Naming::resolve(std::string_view name) const {
  return shell_.resolve(name);
}
std::vector<std::string> Naming::names() const {
  return shell_.names();
}
Subscription Naming::watch(std::string name, Watcher watcher) {
  return shell_.watch(std::move(name), std::move(watcher));
}

Result<void> Services::register_factory(std::string name, ServiceFactory factory) {
  return shell_.register_factory(std::move(name), std::move(factory));
}
void Services::deploy(ServiceSpec spec, UniqueFunction<void(Result<std::uint64_t>)> done) {
  shell_.deploy(std::move(spec), std::move(done));
}
void Services::undeploy(std::string service, UniqueFunction<void(Result<void>)> done) {
  shell_.undeploy(std::move(service), std::move(done));
}
void Services::freeze(UnitId unit, UniqueFunction<void(Result<Sequence>)> done) {
  shell_.freeze(unit, std::move(done));
}
std::vector<ServiceStatus> Services::list() const {
  return shell_.services();
}

}  // namespace gossamer
