#include "resolve_watch.hpp"

#include <map>
#include <utility>

#include "admin_client.hpp"
#include "story.hpp"

namespace gossamer::demo {

ResolveWatch::ResolveWatch(std::vector<std::string> admin_sockets, std::string service)
    : thread_([this, sockets = std::move(admin_sockets), name = std::move(service)] {
        run(sockets, name);
      }) {}

ResolveWatch::~ResolveWatch() {
  is_stopped_ = true;
  thread_.join();
}

void ResolveWatch::run(const std::vector<std::string>& admin_sockets, const std::string& service) {
  // By the node's id: a node that lost its data directory is another node, and may know less.
  std::map<std::string, Epoch> highest;
  while (!is_stopped_) {
    for (const std::string& path : admin_sockets) {
      auto client = examples::AdminClient::connect(path);
      if (!client) continue;
      const Milliseconds timeout{200};
      const auto status = client->ask({{"request", "status"}}, timeout);
      if (!status) continue;
      const auto answer = client->ask({{"request", "resolve"}, {"name", service}}, timeout);
      if (!answer) continue;
      ++answers_;
      Epoch& seen = highest[(*status)["status"].value("id", "")];
      for (const auto& record : (*answer)["records"]) {
        const Epoch epoch = record.value("epoch", Epoch{0});
        if (epoch < seen) ++regressions_;
        seen = std::max(seen, epoch);
      }
    }
    std::this_thread::sleep_for(Milliseconds{100});
  }
}

}  // namespace gossamer::demo
