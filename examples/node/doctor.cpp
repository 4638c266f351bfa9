// `gossamer doctor`: what works, what does not and why, and what has to be allowed.

#include "gossamer/doctor.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"

namespace gossamer::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds kStepTimeout{20'000};

Json policy(const std::string& text) {
  return text.empty() ? Json{} : Json::parse(text, nullptr, false);
}

void print_json(const DoctorReport& report) {
  Json steps = Json::array();
  for (const DoctorStep& step : report.steps) {
    steps.push_back({{"operation", step.operation},
                     {"ok", step.is_ok},
                     {"needed", step.is_needed},
                     {"detail", step.detail}});
  }
  const Json all{{"ok", report.is_healthy()},
                 {"subject", report.subject},
                 {"steps", std::move(steps)},
                 {"iam_policy", policy(report.iam_policy)},
                 {"bucket_policy", policy(report.bucket_policy)}};
  print_line(all.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void print_people(const DoctorReport& report) {
  print_text(report.subject);
  for (const DoctorStep& step : report.steps) {
    const char* verdict = step.is_ok ? "ok" : step.is_needed ? "FAILED" : "not here";
    print_text(fmt::format("  {:<18} {:<9} {}", step.operation, verdict, step.detail));
  }
  if (!report.iam_policy.empty()) {
    print_line("The least that the identity must be allowed (IAM policy):");
    print_line(report.iam_policy);
  }
  if (!report.bucket_policy.empty()) {
    print_line(
        "For an identity of another account, and to have S3 refuse what would overwrite a "
        "journal (bucket policy):");
    print_line(report.bucket_policy);
  }
}

int show(const Result<DoctorReport>& report, bool is_json) {
  if (!report) return complain(report.error());
  if (is_json) {
    print_json(*report);
  } else {
    print_people(*report);
  }
  if (report->is_healthy()) return 0;
  for (const DoctorStep& step : report->steps) {
    if (step.is_ok || !step.is_needed) continue;
    return complain(kFailed, fmt::format("{} does not work at {}: {}", step.operation,
                                         report->subject, step.detail));
  }
  return kFailed;
}

}  // namespace

int examine_object_store(const std::string& url, bool is_json) {
  return show(gossamer::examine_object_store(url, kStepTimeout), is_json);
}

int examine_ec2(const std::string& url, bool is_json) {
  return show(gossamer::examine_ec2(url, kStepTimeout), is_json);
}

}  // namespace gossamer::cli
