#include "discovery/dns_discovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "aws/uri.hpp"
#include "discovery/dns_answer.hpp"
#include "discovery/seed_text.hpp"

namespace gossamer {
namespace {

class DnsDiscovery final : public Discovery {
 public:
  DnsDiscovery(std::string name, DnsQuestion question, Workers& workers)
      : name_(std::move(name)), question_(std::move(question)), workers_(workers) {}
  ~DnsDiscovery() override { lookups_->is_cancelled = true; }

  std::string_view name() const noexcept override { return name_; }
  std::optional<Error> problem() const override { return *problem_; }

  void find_peers(Found found) override {
    // Shared by the worker and the loop, one after the other.
    auto resolved = std::make_shared<Result<DnsFound>>();
    workers_.run(
        [question = question_, resolved, lookups = lookups_] {
          if (!lookups->is_cancelled) *resolved = resolve(question, lookups);
        },
        [resolved, found = std::move(found), problem = std::weak_ptr{problem_}]() mutable {
          const auto held = problem.lock();
          if (held == nullptr) return;  // We are gone, and so is who asked.
          *held = *resolved ? (*resolved)->problem : std::nullopt;
          found(std::move(*resolved).map([](DnsFound&& all) { return std::move(all.endpoints); }));
        });
  }

 private:
  const std::string name_;
  const DnsQuestion question_;
  Workers& workers_;
  std::shared_ptr<DnsLookups> lookups_ = std::make_shared<DnsLookups>();
  std::shared_ptr<std::optional<Error>> problem_ = std::make_shared<std::optional<Error>>();
};

tl::unexpected<Error> refuse(std::string why) {
  return fail(ErrorCode::invalid_argument, std::move(why));
}

}  // namespace

Result<DnsQuestion> parse_dns_url(std::string_view after_scheme) {
  std::string why;
  const std::optional<aws::UrlParts> parts = aws::parse_url_parts(after_scheme, &why);
  if (!parts) return refuse(why);
  DnsQuestion question;
  for (const auto& [name, value] : parts->parameters) {
    if (name != "server") {
      return refuse(
          fmt::format("unknown parameter '{}'; known is server=ADDRESS:PORT", name.substr(0, 100)));
    }
    Result<Endpoint> server = parse_seed(value);
    if (!server) return refuse(fmt::format("server: {}", server.error().detail));
    question.server = std::move(*server);
  }
  const std::string_view rest = parts->rest;
  const std::size_t colon = rest.find(':');
  question.name = rest.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view text = rest.substr(colon + 1);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, question.port);
    if (error != std::errc{} || stop != end || question.port == 0) {
      return refuse(
          "the port must be a number from 1 to 65535; without a port SRV records tell it");
    }
  }
  if (!is_dns_name(question.name)) {
    return refuse(
        fmt::format("'{}' is no name: labels of letters, digits, '-' and '_', joined by "
                    "dots",
                    question.name.substr(0, 100)));
  }
  return question;
}

std::unique_ptr<Discovery> make_dns_discovery(std::string name, DnsQuestion question,
                                              Workers& workers) {
  return std::make_unique<DnsDiscovery>(std::move(name), std::move(question), workers);
}

}  // namespace gossamer
