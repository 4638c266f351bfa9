#include "node/joins.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::node {
namespace {

constexpr std::size_t kSeedsNamedMax = 3;

std::string names_of(const std::vector<Endpoint>& seeds) {
  std::string names;
  for (std::size_t i = 0; i < std::min(seeds.size(), kSeedsNamedMax); ++i) {
    names += (i == 0 ? "" : ", ") + to_string(seeds[i]);
  }
  if (seeds.size() > kSeedsNamedMax) {
    names += fmt::format(" and {} more", seeds.size() - kSeedsNamedMax);
  }
  return names;
}

}  // namespace

Joins::Joins(UvLoop& loop, NodeId self, std::vector<Endpoint> own, AddressRanges allowed,
             bool has_discovery)
    : loop_(loop),
      self_(self),
      own_(std::move(own)),
      allowed_(std::move(allowed)),
      is_only_seed_(!has_discovery) {}

std::optional<Result<void>> Joins::answer() const {
  if (failure_) return Result<void>{tl::unexpected(*failure_)};
  if (is_started_ && (has_company_ || is_only_seed_)) return Result<void>{};
  return std::nullopt;
}

void Joins::add(std::chrono::milliseconds timeout, Done done) {
  if (const auto known = answer()) {
    done(*known);
    return;
  }
  const auto at = waiting_.insert(waiting_.end(), nullptr);
  *at = std::make_shared<Waiting>(loop_, std::move(done), [this, at] {
    const std::shared_ptr<Waiting> late = *at;
    waiting_.erase(at);
    late->done(tl::unexpected(too_late(late->timeout)));
  });
  (*at)->timeout = timeout;
  (*at)->timer.arm(timeout);
}

Error Joins::too_late(std::chrono::milliseconds timeout) const {
  std::string where = "discovery found no address";
  if (!is_started_ && !store_problem_.empty()) {
    where = store_problem_;
  } else if (!others_.empty()) {
    where = "asked " + names_of(others_);
    where += "; those with another key or cluster name, or that ask for an admission, are silent";
    if (!shut_out_.empty()) where += "; not in --allow: " + names_of(shut_out_);
  } else if (!shut_out_.empty()) {
    where = fmt::format("{} {} not in --allow (allowed_peers)", names_of(shut_out_),
                        shut_out_.size() == 1 ? "is" : "are");
  } else if (!discovery_problem_.empty()) {
    where = discovery_problem_;
  } else if (!is_started_) {
    where = "the object store has not answered";
  }
  return {ErrorCode::timed_out,
          fmt::format("no other member answered within {} ms ({}); the node keeps looking",
                      timeout.count(), where)};
}

void Joins::on_members(const MemberView& members) {
  is_started_ = true;
  has_company_ = std::any_of(members.begin(), members.end(), [this](const Member& member) {
    return member.is_live() && member.id != self_;
  });
  answer_all();
}

void Joins::on_seeds(const std::vector<Endpoint>& seeds) {
  others_.clear();
  shut_out_.clear();
  for (const Endpoint& seed : seeds) {
    if (std::find(own_.begin(), own_.end(), seed) != own_.end()) continue;
    const auto address = to_socket_address(seed);
    const bool is_allowed = !address || allowed_.contains(*address);
    (is_allowed ? others_ : shut_out_).push_back(seed);
  }
  if (!seeds.empty()) is_only_seed_ = others_.empty() && shut_out_.empty();
  answer_all();
}

bool Joins::fail_for_good(Error error) {
  failure_ = std::move(error);
  const bool is_awaited = !waiting_.empty();
  answer_all();
  return is_awaited;
}

void Joins::refuse(const Error& error) {
  if (!has_company_) answer_all(tl::unexpected(error));
}

void Joins::answer_all() {
  if (const auto known = answer()) answer_all(*known);
}

void Joins::answer_all(const Result<void>& result) {
  std::list<std::shared_ptr<Waiting>> answered;
  answered.swap(waiting_);
  for (const auto& waiting : answered) {
    waiting->timer.close();
    waiting->done(result);
  }
}

}  // namespace gossamer::node
