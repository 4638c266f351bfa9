#include "http/sink_writer.hpp"

#include <utility>

namespace gossamer::http {

struct SinkWriter::Job {
  std::shared_ptr<ByteSink> sink;
  bool is_restart = false;
  Bytes chunk{};
  Result<void> result{};
};

SinkWriter::SinkWriter(Workers& workers, std::shared_ptr<ByteSink> sink,
                       UniqueFunction<void()> on_written)
    : workers_(workers), sink_(std::move(sink)), on_written_(std::move(on_written)) {}

void SinkWriter::restart() {
  auto job = std::make_shared<Job>();
  job->is_restart = true;
  run(std::move(job));
}

void SinkWriter::append(ByteView bytes) {
  if (is_stopped_ || error_) return;
  // Most of what a large answer costs the processor is memory touched for the first time.
  if (waiting_.capacity() == 0) waiting_.reserve(kChunkBytes + kChunkBytes / 4);
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
  if (!is_writing_ && waiting_.size() >= kChunkBytes) write_chunk();
}

void SinkWriter::finish() {
  is_finishing_ = true;
  if (!is_writing_ && !waiting_.empty() && !is_stopped_ && !error_) write_chunk();
}

void SinkWriter::stop() {
  is_stopped_ = true;
  waiting_.clear();
}

void SinkWriter::write_chunk() {
  auto job = std::make_shared<Job>();
  job->chunk = std::exchange(waiting_, std::move(spare_));
  waiting_.clear();
  run(std::move(job));
}

void SinkWriter::run(std::shared_ptr<Job> job) {
  is_writing_ = true;
  job->sink = sink_;
  workers_.run(
      [job] {
        if (job->is_restart) {
          job->sink->restart();
        } else {
          job->result = job->sink->write(job->chunk);
        }
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
