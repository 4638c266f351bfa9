#include "aws/instance_role.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "aws/credentials_json.hpp"

namespace gossamer::aws {
namespace {

constexpr const char* kFolder = "meta-data/iam/security-credentials/";

// What IAM lets a role be called; anything else would change the path.
bool is_role_name(std::string_view name) {
  constexpr std::string_view kOthers = "+=,.@-_";
  return !name.empty() && name.size() <= 128 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kOthers.find(c) != std::string_view::npos;
         });
}

class InstanceRole final : public CredentialsSource {
 public:
  InstanceRole(InstanceMetadata& metadata, bool is_disabled)
      : metadata_(metadata), is_disabled_(is_disabled) {}

  std::string_view name() const noexcept override { return "instance role"; }
  std::string why_nothing() const override {
    return is_disabled_ ? "AWS_EC2_METADATA_DISABLED is true" : "the instance has no role";
  }

  void find(Found found) override {
    if (is_disabled_) {
      found(std::optional<Credentials>{});
      return;
    }
    metadata_.get(kFolder, [this, alive = std::weak_ptr{alive_},
                            found = std::move(found)](Result<std::string> roles) mutable {
      if (alive.expired()) return;
      if (!roles && roles.error().code == ErrorCode::not_found) {
        found(std::optional<Credentials>{});
      } else if (!roles) {
        found(tl::unexpected<Error>(std::move(roles.error())));
      } else {
        find_of(*roles, std::move(found));
      }
    });
  }

 private:
  void find_of(const std::string& roles, Found found) {
    const std::string role = roles.substr(0, roles.find_first_of("\r\n"));
    if (roles.empty()) {
      found(std::optional<Credentials>{});
      return;
    }
    if (!is_role_name(role)) {
      found(fail(ErrorCode::corrupted, fmt::format("'{}' lists no name of a role", kFolder)));
      return;
    }
    metadata_.get(kFolder + role, [alive = std::weak_ptr{alive_}, role,
                                   found = std::move(found)](Result<std::string> answer) mutable {
      if (alive.expired()) return;
      if (!answer) {
        found(tl::unexpected<Error>(std::move(answer.error())));
        return;
      }
      Result<Credentials> credentials = parse_credentials_json(as_bytes(*answer));
      if (!credentials) {
        found(fail(credentials.error().code,
                   fmt::format("role '{}': {}", role, credentials.error().detail)));
        return;
      }
      found(std::optional<Credentials>{std::move(*credentials)});
    });
  }

  InstanceMetadata& metadata_;
  const bool is_disabled_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<CredentialsSource> make_instance_role(InstanceMetadata& metadata,
                                                      bool is_disabled) {
  return std::make_unique<InstanceRole>(metadata, is_disabled);
}

}  // namespace gossamer::aws
