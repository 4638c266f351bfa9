#include "http/source_reader.hpp"

#include <algorithm>
#include <utility>

namespace gossamer::http {

struct SourceReader::Job {
  std::shared_ptr<ByteSource> source;
  std::uint64_t offset = 0;
  std::uint64_t generation = 0;
  Bytes chunk{};
  Result<void> result{};
};

SourceReader::SourceReader(Workers& workers, std::shared_ptr<ByteSource> source,
                           UniqueFunction<void()> on_read)
    : workers_(workers),
      source_(std::move(source)),
      on_read_(std::move(on_read)),
      size_(source_->size()) {}

void SourceReader::seek(std::uint64_t offset) {
  ++generation_;
  chunks_.clear();
  front_taken_ = 0;
  taken_ = requested_ = std::min(offset, size_);
  read_ahead();
}

std::size_t SourceReader::take(std::span<std::uint8_t> into) {
  const ByteView next = front();
  const std::size_t count = std::min(next.size(), into.size());
  std::copy_n(next.begin(), count, into.begin());
  taken_ += count;
  front_taken_ += count;
  if (!chunks_.empty() && front_taken_ == chunks_.front().size()) {
    spare_ = std::move(chunks_.front());
    chunks_.pop_front();
    front_taken_ = 0;
    read_ahead();
  }
  return count;
}

ByteView SourceReader::front() const {
  if (chunks_.empty()) return {};
  return ByteView{chunks_.front()}.subspan(front_taken_);
}

void SourceReader::stop() {
  is_stopped_ = true;
  chunks_.clear();
}

void SourceReader::read_ahead() {
  if (is_reading_ || is_stopped_ || error_) return;
  if (requested_ == size_ || chunks_.size() == kChunksMax) return;
  is_reading_ = true;
  auto job = std::make_shared<Job>();
  job->source = source_;
  job->offset = requested_;
  job->generation = generation_;
  job->chunk = std::move(spare_);
  const std::uint64_t left = size_ - requested_;
  const std::size_t count = left < kChunkBytes ? static_cast<std::size_t>(left) : kChunkBytes;
  requested_ += count;
  workers_.run(
      [job, count] {
        job->chunk.resize(count);
        job->result = job->source->read(job->offset, job->chunk);
      },
      [job, weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_job_done(*job);
      });
}

void SourceReader::on_job_done(Job& job) {
  is_reading_ = false;
  if (!is_stopped_ && job.generation == generation_) {
    if (job.result) {
      chunks_.push_back(std::move(job.chunk));
    } else {
      error_ = std::move(job.result.error());
    }
  }
  read_ahead();
  on_read_();
}

}  // namespace gossamer::http
