#include "http/sink_writer.hpp"

#include <utility>

namespace gossamer::http {

struct SinkWriter::Job {
  std::shared_ptr<ByteSink> sink;
  bool is_first = false;
  Bytes chunk{};
  Result<void> result{};
};

SinkWriter::SinkWriter(Workers& workers, std::shared_ptr<ByteSink> sink,
                       UniqueFunction<void()> on_written)
    : workers_(workers), sink_(std::move(sink)), on_written_(std::move(on_written)) {}

void SinkWriter::append(ByteView bytes) {
  if (is_stopped_ || error_) return;
  // An answer of several pieces is likely large, and growing by and by costs it new memory each
  // time.
  if (!waiting_.empty()) waiting_.reserve(kChunkBytes + kChunkBytes / 4);
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  if (!is_writing_ && waiting_.size() >= kChunkBytes) write_chunk();
}

void SinkWriter::finish() {
  is_finishing_ = true;
  const bool has_work = is_untold_ || !waiting_.empty();
  if (!is_writing_ && has_work && !is_stopped_ && !error_) write_chunk();
}

void SinkWriter::stop() {
  is_stopped_ = true;
  waiting_.clear();
}

void SinkWriter::write_chunk() {
  auto job = std::make_shared<Job>();
  job->is_first = std::exchange(is_untold_, false);
  job->chunk = std::exchange(waiting_, std::move(spare_));
  waiting_.clear();
  job->sink = sink_;
  is_writing_ = true;
  workers_.run(
      [job] {
        if (job->is_first) job->sink->restart();
        if (!job->chunk.empty()) job->result = job->sink->write(job->chunk);
      },
      [job, weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_job_done(*job);
      });
}

void SinkWriter::on_job_done(Job& job) {
  is_writing_ = false;
  spare_ = std::move(job.chunk);
  if (!job.result) {
    error_ = std::move(job.result.error());
    waiting_.clear();
  }
  const std::size_t enough = is_finishing_ ? 1 : kChunkBytes;
  if (!is_stopped_ && !error_ && waiting_.size() >= enough) write_chunk();
  on_written_();
}

}  // namespace gossamer::http
