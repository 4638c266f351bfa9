#include "node/admission_text.hpp"

#include <catch2/catch.hpp>

#include "node/admission_policy.hpp"

namespace gossamer::node {
namespace {

constexpr std::uint64_t kNow = 1'500'000'000'000;
constexpr std::uint64_t kNowS = kNow / 1000;

wire::Identity identity(std::uint8_t number) {
  AuthoritySeed seed{};
  seed.fill(number);
  return wire::Identity::from_seed(seed);
}

std::string key_of(std::uint8_t number) {
  return public_key_text(identity(number).public_key());
}

/// Of node 2 by authority 1.
std::string admission(std::uint64_t not_after_s = 0, std::string_view cluster = "blue") {
  return admission_text(
      wire::sign_admission(identity(1), identity(2).public_key(), cluster, not_after_s));
}

/// What node 2 would tell of itself.
Result<Bytes> own(const AdmissionOptions& options) {
  const auto policy = admission_policy(options);
  REQUIRE(policy.has_value());
  return own_admission(options, *policy, identity(2), "blue", kNow);
}

TEST_CASE("admission text: what was written is read, and any other text is none", "[admission]") {
  AuthoritySeed seed{};
  seed.fill(9);
  const std::string secret = authority_text(seed);
  CHECK(parse_authority_text(secret) == seed);
  CHECK_FALSE(parse_admission_text(secret).has_value());
  const std::string text = admission(7);
  const auto parsed = parse_admission_text(text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->not_after_s == 7);
  CHECK(parse_admission_text(text.substr(0, text.size() - 1)) == parsed);
  CHECK_FALSE(parse_authority_text(text).has_value());
  for (const std::string& other :
       {std::string{}, std::string{"gossamer-admission 1\n"}, text + "\n", text + "0",
        text.substr(0, text.size() - 2), text.substr(1), "gossamer-admission 2" + text.substr(20),
        "gossamer-admission 1\n02" + text.substr(23)}) {
    CAPTURE(other);
    CHECK_FALSE(parse_admission_text(other).has_value());
  }
}

TEST_CASE("admission options: keys and ids that are none, and too many of them, are named",
          "[admission]") {
  CHECK(AdmissionOptions{}.validate().has_value());
  const auto problem = [](const AdmissionOptions& options) {
    const auto valid = options.validate();
    REQUIRE_FALSE(valid.has_value());
    CHECK(valid.error().code == ErrorCode::invalid_argument);
    return valid.error().detail;
  };
  CHECK(problem({{"abc"}, {}, {}}).find("allowed_nodes: 'abc'") != std::string::npos);
  CHECK(problem({{}, {"abc"}, {}}).find("authorities: 'abc'") != std::string::npos);
  // A secret, given by mistake, is no public key (fifteen in sixteen are not), and is not shown.
  const std::string secret(64, '0');
  for (const AdmissionOptions& options :
       {AdmissionOptions{{secret}, {}, {}}, AdmissionOptions{{}, {secret}, {}}}) {
    CHECK(problem(options).find("000") == std::string::npos);
  }
  const std::string line = authority_text(AuthoritySeed{});
  CHECK(problem({{}, {line}, {}}).find("000") == std::string::npos);
  CHECK(problem({{}, {}, "abc"}).find("own") != std::string::npos);
  CHECK(problem({{}, std::vector<std::string>(5, key_of(1)), {}}).find("at most 4") !=
        std::string::npos);
  CHECK(problem({std::vector<std::string>(10'001, key_of(1)), {}, {}}).find("at most 10000") !=
        std::string::npos);
}

TEST_CASE("admission options: a node is listed by its id or by its public key", "[admission]") {
  const auto policy = admission_policy({{to_string(identity(2).id()), key_of(3)}, {key_of(1)}, {}});
  REQUIRE(policy.has_value());
  CHECK(policy->allowed_nodes == std::set<NodeId>{identity(2).id(), identity(3).id()});
  CHECK(policy->authorities == std::vector<wire::PublicKey>{identity(1).public_key()});
  CHECK(policy->is_on());
  CHECK_FALSE(admission_policy({})->is_on());
}

TEST_CASE("own admission: it is taken if it holds, and needed only by who is on no list",
          "[admission]") {
  CHECK(own({}) == Bytes{});
  CHECK(own({{key_of(2)}, {}, {}}) == Bytes{});
  CHECK(own({{key_of(2)}, {key_of(1)}, {}}) == Bytes{});
  const auto given = own({{}, {key_of(1)}, admission()});
  REQUIRE(given.has_value());
  CHECK(given->size() == wire::kAdmissionBytes);
  CHECK(own({{}, {}, admission(kNowS)}).has_value());
}

TEST_CASE("own admission: one that is missing or does not hold is refused with what to do",
          "[admission]") {
  const auto problem = [](const AdmissionOptions& options) {
    const auto refused = own(options);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::permission_denied);
    CHECK(refused.error().detail.find("gossamer authority admit") != std::string::npos);
    CHECK(refused.error().detail.find(key_of(2)) != std::string::npos);
    return refused.error().detail;
  };
  CHECK(problem({{}, {key_of(1)}, {}}).find("is missing") != std::string::npos);
  CHECK(problem({{}, {key_of(3)}, admission()}).find("none of this node's authorities") !=
        std::string::npos);
  // These hold nowhere, so they are refused without authorities as well.
  CHECK(problem({{}, {}, admission(kNowS - 7'200)}).find("has ended 2 h ago") != std::string::npos);
  CHECK(problem({{}, {}, admission(0, "green")}).find("another cluster") != std::string::npos);
  const std::string of_another =
      admission_text(wire::sign_admission(identity(1), identity(3).public_key(), "blue", 0));
  CHECK(problem({{}, {}, of_another}).find("another node") != std::string::npos);
}

TEST_CASE("own admission: a node that is not on its own list is refused", "[admission]") {
  const auto refused = own({{key_of(1)}, {}, {}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::permission_denied);
  CHECK(refused.error().detail.find(to_string(identity(2).id()) + ", is not on its own list") !=
        std::string::npos);
}

}  // namespace
}  // namespace gossamer::node
