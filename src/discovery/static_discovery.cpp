#include "discovery/static_discovery.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace gossamer {
namespace {

class StaticDiscovery final : public Discovery {
 public:
  explicit StaticDiscovery(std::vector<Endpoint> endpoints) : endpoints_(std::move(endpoints)) {
    std::string_view separator = "static:";
    for (const Endpoint& endpoint : endpoints_) {
      name_.append(separator).append(to_string(endpoint));
      separator = ",";
    }
  }

  std::string_view name() const noexcept override { return name_; }
  void find_peers(Found found) override { found(endpoints_); }

 private:
  std::string name_;
  std::vector<Endpoint> endpoints_;
};

}  // namespace

std::unique_ptr<Discovery> make_static_discovery(std::vector<Endpoint> endpoints) {
  return std::make_unique<StaticDiscovery>(std::move(endpoints));
}

}  // namespace gossamer
