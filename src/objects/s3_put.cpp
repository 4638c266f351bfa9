#include "objects/s3_put.hpp"

#include <fmt/format.h>

namespace gossamer::objects {
namespace {

constexpr std::uint64_t kOnePutBytesMax = 5ULL << 30;

void put_in_one(const std::shared_ptr<S3Bucket>& bucket, S3Operation operation, std::string key,
                const S3Body& body, ObjectStore::Done done) {
  aws::Call call = bucket->call("PUT", bucket->full_key(key));
  bucket->set_body(call, body.source, body.sha256);
  call.headers.push_back({kChecksumHeader, body.checksum});
  if (operation == S3Operation::create) call.headers.push_back({"If-None-Match", "*"});
  bucket->encrypt(call);
  bucket->send(std::move(call), [bucket, operation, key = std::move(key),
                                 done = std::move(done)](S3Answer answer) mutable {
    done(outcome_of_put(operation, answer, bucket->describe("PUT", key)));
  });
}

std::uint64_t part_bytes_of(const S3Bucket& bucket, S3Operation operation, std::uint64_t size) {
  if (operation != S3Operation::put || size <= bucket.limits().one_put_bytes) return 0;
  return part_bytes_for(size, bucket.limits().part_bytes);
}

}  // namespace

void s3_put(std::shared_ptr<S3Bucket> bucket, S3Operation operation, std::string key,
            std::shared_ptr<ByteSource> source, ObjectStore::Done done) {
  const std::uint64_t size = source->size();
  if (operation == S3Operation::create && size > kOnePutBytesMax) {
    std::string why = fmt::format("{}: it has {} bytes, and what is created at once has at most {}",
                                  bucket->describe("PUT", key), size, kOnePutBytesMax);
    bucket->post([done = std::move(done), why = std::move(why)]() mutable {
      done({ObjectOutcome::refused, std::move(why)});
    });
    return;
  }
  const std::uint64_t part_bytes = part_bytes_of(*bucket, operation, size);
  S3Bucket& at = *bucket;
  at.run<Result<S3Body>>(
      [source = std::move(source), part_bytes](const std::atomic<bool>& stopped) {
        return measure(source, part_bytes, stopped);
      },
      [bucket = std::move(bucket), operation, key = std::move(key),
       done = std::move(done)](Result<S3Body> body) mutable {
        if (!body) return done({ObjectOutcome::unknown, body.error().detail});
        if (body->part_bytes == 0) {
          return put_in_one(bucket, operation, std::move(key), *body, std::move(done));
        }
        s3_put_in_parts(std::move(bucket), std::move(key), std::move(*body), std::move(done));
      });
}

}  // namespace gossamer::objects
