#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gossamer/aws_options.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// One operation that gossamer needs, tried for real.
struct DoctorStep {
  std::string operation{};  ///< E.g. `create`, `region`, `DescribeInstances`.
  bool is_ok = false;
  bool is_needed = true;  ///< Others are told for information: what depends on them is a step, too.
  std::string detail{};   ///< What was found; or the exact error.
};

/// What the examined place needs, and what of it works. Holds no secret.
struct DoctorReport {
  std::string subject{};  ///< The place, e.g. `s3://bucket/prefix`.
  std::vector<DoctorStep> steps{};
  /// JSON: the least that an identity must be allowed. Empty where AWS has no say.
  std::string iam_policy{};
  /// JSON: what the bucket's owner sets to let an identity of another account in, and to have S3
  /// itself refuse whatever would overwrite a journal. Empty unless it is a bucket.
  std::string bucket_policy{};

  bool is_healthy() const;
};

/// Tries an object store: list, create, create of a taken key, get, range, put (for S3 in parts
/// too, and an abort of those), remove, and whether its cluster-id can be read. Objects that it
/// makes are below `probe/`, and it removes them. Blocks, on a loop of its own, for at most about
/// `timeout` for each step. Errors: invalid_argument (the URL), io.
Result<DoctorReport> examine_object_store(const std::string& url, std::chrono::milliseconds timeout,
                                          const AwsOptions& aws = {});

/// Tries what an `ec2:` URL needs: region, credentials, DescribeInstances; and whether the
/// machine's metadata service answers. Blocks as above. Errors: invalid_argument (the URL), io.
Result<DoctorReport> examine_ec2(const std::string& url, std::chrono::milliseconds timeout,
                                 const AwsOptions& aws = {});

}  // namespace gossamer
