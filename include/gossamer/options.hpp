#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gossamer/admission.hpp"
#include "gossamer/aws_options.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/log.hpp"
#include "gossamer/membership_options.hpp"
#include "gossamer/ports/discovery.hpp"
#include "gossamer/ports/object_store.hpp"
#include "gossamer/result.hpp"
#include "gossamer/service.hpp"

namespace gossamer {

/// Everything that a node needs to start. A plain aggregate: fill in what you care about with
/// designated initialisers and leave the rest.
struct NodeOptions {
  std::string name{};      ///< Required. Label for people, 1 to 64 bytes; no control characters.
  std::string cluster{};   ///< Required, as name. Nodes of other clusters are not heard.
  std::string metadata{};  ///< Opaque bytes that every member sees. At most 256.

  /// Where this machine is, such as `eu-west-1a`, as every member sees it (Member::zone): at most
  /// 64 bytes, no control characters. Empty: none; with a `discovery_urls` of `ec2:` the instance
  /// metadata service is asked, soon after the start and until it tells.
  std::string zone{};

  /// UDP and TCP, one port for both. Port 0 picks a free one; see Node::endpoint().
  Endpoint bind{"0.0.0.0", 7946};
  /// What others are told; not a wildcard. Unset: the bound address, or where that is a wildcard
  /// the first address of this machine that is not loopback; loopback, so that only this machine
  /// reaches it, if there is no other. Set it where the first is not the right one. Port 0: the
  /// bound port.
  std::optional<Endpoint> advertise{};

  /// Who is heard, and sent to: `10.0.0.0/8`, `fd00::/8`, or one address each, 64 at most. Empty:
  /// everybody. What comes from elsewhere is dropped before anything of it is looked at.
  std::vector<std::string> allowed_peers{};

  /// The secret that all nodes of the cluster share: one of these three. Files are made by
  /// `gossamer keys new`, and must not be readable by others.
  std::string key_file{};
  std::string key_bytes{};   ///< 32 bytes.
  bool is_insecure = false;  ///< A key that everybody knows. For trials on one machine.
  /// Allows is_insecure where others can reach `bind` or `advertise`: whoever can send to this node
  /// can then do with the cluster what he likes.
  bool is_insecure_beyond_loopback = false;

  /// Who is believed among those that hold the secret. Empty: all of them.
  AdmissionOptions admission{};

  /// Forms of records (NameRecord::schema) that this program was built for, besides 0 and those
  /// that it publishes itself. Records of any other are kept and told on, but not resolved or
  /// watched here until three members, chosen alike everywhere, have read them for 30 s and none of
  /// them has gone down or started again: a record that kills its readers kills three, not all. If
  /// one does, the time begins anew, with an Alarm "schema N".
  std::set<std::uint32_t> known_schemas{};

  /// How failure is detected; MembershipOptions::fast() and calm() are the other profiles.
  MembershipOptions membership{};

  /// Keeps identity, boot counter, caches and the stores of units. Empty: every start is a new
  /// node, and units that have a store cannot be owned here. One node per directory.
  std::string data_directory{};

  /// Where journals and frozen state live: `dir:PATH`,
  /// `s3://BUCKET/PREFIX?region=..&endpoint=..&style=path|virtual`, or a store of your own. Without
  /// one, membership and naming work, and no service can be deployed.
  std::string object_store_url{};
  std::unique_ptr<ObjectStore> object_store{};

  /// Hides what this node writes into the object store (journals, files, specs) from whoever reads
  /// the bucket and has not the store's data key; the names of objects, with those of services in
  /// them, their sizes and the hashes of files stay to be seen. Costs a pass of XChaCha20 (about
  /// 1 ms/MB) and 32 bytes for each object. What is hidden is read with and without this option, so
  /// it is turned on node by node; what a node without it writes can be read. What was written
  /// before stays readable: journals and files until two freezes later, specs until the service is
  /// deployed anew.
  bool hides_objects = false;

  /// Where to look for the first members, all asked, for ever: `static:HOST:PORT,..`, `file:PATH`,
  /// `dns:NAME[:PORT]`, `ec2:KEY=VALUE[|VALUE..][;KEY=..]?region=..&address=..&port=..`, or your
  /// own.
  std::vector<std::string> discovery_urls{};
  std::vector<std::unique_ptr<Discovery>> discovery{};

  /// Credentials, region and endpoints for `s3:` and `ec2:`.
  AwsOptions aws{};
  /// Ask the instance metadata service every 5 s whether this machine will be taken away. If it
  /// will, the node tells so (TerminationNotice), takes no more units, freezes those that it has,
  /// leaves and closes, all by itself: what it answers afterwards is that it has closed.
  bool watches_termination = false;

  /// By the name that ServiceSpec::factory gives. More can be registered while the node runs.
  std::map<std::string, ServiceFactory> factories{};
  RedeployCallbacks redeploy{};

  /// A Unix socket (mode 0600) that answers the commands of the `gossamer` program. Empty: none.
  std::string admin_socket{};
  /// The same by TCP, for who has the token, sealed; see Node::admin_endpoint(). Only who is in
  /// `allowed_peers` is heard. Unset: none. Port 0 picks a free one.
  std::optional<Endpoint> admin_listen{};
  /// The token that `admin_listen` needs: one of these two. Files are made by `gossamer admin-token
  /// new`, and must not be readable by others.
  std::string admin_token_file{};
  std::string admin_token{};  ///< 32 to 1024 printable characters, no space.

  /// Threads for work that blocks on the local disk, and as many again for a `dir:` object store,
  /// so that one that hangs keeps nobody else waiting. They are the node's own; libuv's pool is
  /// left to you. 1 to 64.
  std::size_t worker_count = 4;
  /// Tasks that may wait in NodeHandle::post before it refuses more. 1 to 1000000.
  std::size_t post_queue_max = 1024;
  /// How long ~NodeThread spends on saying goodbye before it closes anyway. 0 to 60 s.
  std::chrono::milliseconds leave_timeout{5'000};

  /// Not owned; must outlive the node. Null discards.
  LogSink* log = nullptr;

  /// Names the first bad field and its range. Errors: invalid_argument.
  Result<void> validate() const;
};

}  // namespace gossamer
