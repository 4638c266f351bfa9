#include "fakecloud/dispatch.hpp"

#include <fmt/format.h>

#include "fakecloud/control_service.hpp"
#include "fakecloud/ec2_service.hpp"
#include "fakecloud/metadata_service.hpp"
#include "fakecloud/s3_service.hpp"
#include "fakecloud/service_error.hpp"
#include "fakecloud/service_time.hpp"
#include "fakecloud/token_service.hpp"
#include "fakecloud/verify_signature.hpp"

namespace gossamer::fakecloud {
namespace {

using Kind = FakeFault::Kind;

/// Rounded away from zero to no less than what was asked: signatures count in seconds.
std::chrono::seconds skew_of(const FakeFault& fault) {
  return std::chrono::duration_cast<std::chrono::seconds>(fault.delay);
}

Answer fault_answer(const Operation& operation, const FakeFault& fault) {
  return error_of(operation, fault.status, fault.code, "a fault that was asked for");
}

Answer expired_token_answer(const Operation& operation, aws::WallTime now) {
  return refusal_of(operation,
                    {Disbelief::Reason::expired_token, "The provided token has expired."}, now);
}

void add_service_headers(const Operation& operation, aws::WallTime now, Answer& answer) {
  answer.headers.push_back({"Date", to_http_time(now)});
  answer.headers.push_back({"Server", "gossamer-fakecloud"});
  if (operation.service == Service::s3) {
    answer.headers.push_back({"x-amz-request-id", "0000000000000001"});
    answer.headers.push_back({"x-amz-id-2", "fake"});
  }
}

/// Who asks the root for metadata has set the endpoint of the services as that of the metadata.
bool is_lost_metadata(const Request& request, const Operation& operation) {
  return operation.service == Service::s3 && operation.path.starts_with("/latest/") &&
         !request.has_header("authorization") && !operation.has("X-Amz-Algorithm");
}

Answer where_metadata_is(const Request& request, const Operation& operation) {
  return error_of(operation, 404, "NoMetadataHere",
                  fmt::format("Each machine has its own metadata service, at /imds/ID: set "
                              "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://{}/imds/ID",
                              request.header("host")));
}

}  // namespace

Answer Dispatch::answer(const Request& request, RequestReader::End read) {
  Moment moment{aws::system_wall_time()};
  Operation unknown{Service::s3, "Unknown"};
  unknown.path = request.path();
  const auto operation =
      read == RequestReader::End::malformed ? std::nullopt : operation_of(request);
  Answer answer;
  if (!operation) {
    answer = error_of(unknown, 400, "InvalidURI", "Couldn't parse the request.");
  } else if (read == RequestReader::End::too_large) {
    answer = error_of(*operation, 400, "EntityTooLarge",
                      fmt::format("over 5 GiB, or over the {} bytes that this cloud may hold",
                                  parts_.quota->bytes_max()));
  } else if (operation->service == Service::control) {
    return serve_control(parts_, request, *operation);
  } else {
    parts_.counters.count(*operation);
    const auto fault = parts_.faults.strike(*operation);
    if (fault && fault->kind == Kind::skewed_clock) moment.now += skew_of(*fault);
    answer =
        fault ? suffer(*fault, request, *operation, moment) : serve(request, *operation, moment);
    if (answer.delivery.kind == Delivery::Kind::whole ||
        answer.delivery.kind == Delivery::Kind::torn ||
        answer.delivery.kind == Delivery::Kind::slow) {
      parts_.counters.count(*operation, answer.status);
    }
  }
  add_service_headers(operation ? *operation : unknown, moment.now, answer);
  return answer;
}

Answer Dispatch::serve(const Request& request, const Operation& operation, const Moment& moment) {
  if (is_lost_metadata(request, operation)) return where_metadata_is(request, operation);
  if (auto refusal = disbelieve(request, operation, moment)) return *refusal;
  return perform(request, operation, moment);
}

std::optional<Answer> Dispatch::disbelieve(const Request& request, const Operation& operation,
                                           const Moment& moment) {
  const bool is_signed = operation.service == Service::s3 || operation.service == Service::ec2 ||
                         operation.name == "GetCallerIdentity";
  if (!is_signed) return std::nullopt;
  const auto disbelief =
      verify_signature(request, operation, parts_.options.region, parts_.keys, moment.now);
  if (!disbelief) return std::nullopt;
  return refusal_of(operation, *disbelief, moment.now);
}

Answer Dispatch::perform(const Request& request, const Operation& operation, const Moment& moment) {
  switch (operation.service) {
    case Service::s3: return serve_s3(parts_, request, operation, moment);
    case Service::ec2: return serve_ec2(parts_, operation, moment);
    case Service::imds: return serve_metadata(parts_, request, operation, moment);
    case Service::sts: return serve_sts(parts_, operation, moment);
    default: return serve_container_credentials(parts_, moment);
  }
}

Answer Dispatch::suffer(const FakeFault& fault, const Request& request, const Operation& operation,
                        Moment moment) {
  Answer answer;
  switch (fault.kind) {
    case Kind::status: return fault_answer(operation, fault);
    case Kind::status_after_success:
      serve(request, operation, moment);
      return fault_answer(operation, fault);
    case Kind::late: return postpone(fault, request, operation, moment);
    case Kind::hang: answer.delivery.kind = Delivery::Kind::none; return answer;
    case Kind::reset: answer.delivery.kind = Delivery::Kind::reset; return answer;
    case Kind::expired_token: return expired_token_answer(operation, moment.now);
    case Kind::hang_after_success:
      answer = serve(request, operation, moment);
      answer.delivery.kind = Delivery::Kind::none;
      return answer;
    case Kind::torn:
      answer = serve(request, operation, moment);
      answer.delivery.kind = Delivery::Kind::torn;
      return answer;
    case Kind::slow:
      answer = serve(request, operation, moment);
      answer.delivery = {Delivery::Kind::slow, fault.delay};
      return answer;
    case Kind::unconditional: moment.is_unconditional = true; break;
    case Kind::empty_page: moment.wants_empty_page = true; break;
    case Kind::skewed_clock: break;
  }
  return serve(request, operation, moment);
}

Answer Dispatch::postpone(const FakeFault& fault, const Request& request,
                          const Operation& operation, const Moment& moment) {
  if (auto refusal = disbelieve(request, operation, moment)) return *refusal;
  // What it meets is what is there when it lands: a late create still creates only.
  later_.add(fault.delay, [this, request, operation] {
    perform(request, operation, Moment{aws::system_wall_time()});
  });
  return error_of(operation, 500, "InternalError",
                  "We encountered an internal error. Please try again.");
}

}  // namespace gossamer::fakecloud
