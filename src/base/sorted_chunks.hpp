#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace gossamer {

/// A sorted sequence in which equals may stand, cut into short chunks: it takes little more room
/// than a sorted vector, and a change moves a chunk, not all that comes after it. The chunks follow
/// from what was done, so they show in nothing but the time that it takes.
///
/// `Less` compares two values, or a value with a key either way round.
template <class T, class Less = std::less<>, std::size_t kChunkMax = 64>
class SortedChunks {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    reference operator*() const { return (*chunk_)[at_]; }
    pointer operator->() const { return &(*chunk_)[at_]; }
    Iterator& operator++() {
      if (++at_ == chunk_->size()) {
        ++chunk_;
        at_ = 0;
      }
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class SortedChunks;
    Iterator(const std::vector<T>* chunk, std::size_t at) : chunk_(chunk), at_(at) {}
    const std::vector<T>* chunk_ = nullptr;
    std::size_t at_ = 0;
  };

  SortedChunks() = default;
  /// Requires: sorted.
  explicit SortedChunks(const std::vector<T>& sorted) {
    constexpr std::size_t kFilled = kChunkMax - kChunkMax / 4;  // Some will come in between.
    for (std::size_t at = 0; at < sorted.size();) {
      const std::size_t end = std::min(at + kFilled, sorted.size());
      chunks_.emplace_back(sorted.begin() + static_cast<std::ptrdiff_t>(at),
                           sorted.begin() + static_cast<std::ptrdiff_t>(end));
      ends_.push_back(static_cast<std::uint32_t>(end));
      at = end;
    }
  }

  Iterator begin() const { return {chunks_.data(), 0}; }
  Iterator end() const { return {chunks_.data() + chunks_.size(), 0}; }
  std::size_t size() const { return ends_.empty() ? 0 : ends_.back(); }
  bool is_empty() const { return chunks_.empty(); }

  /// The first that is not less than `key`.
  template <class Key>
  Iterator lower_bound(const Key& key) const {
    const auto chunk =
        std::partition_point(chunks_.begin(), chunks_.end(),
                             [&](const std::vector<T>& c) { return Less{}(c.back(), key); });
    if (chunk == chunks_.end()) return end();
    const auto at = std::partition_point(chunk->begin(), chunk->end(),
                                         [&](const T& value) { return Less{}(value, key); });
    return {&*chunk, static_cast<std::size_t>(at - chunk->begin())};
  }
  /// One that equals `key`, or the end.
  template <class Key>
  Iterator find(const Key& key) const {
    const Iterator at = lower_bound(key);
    return at != end() && !Less{}(key, *at) ? at : end();
  }
  /// How many stand before it.
  std::size_t index_of(const Iterator& at) const {
    const std::size_t chunk = number_of(at);
    return (chunk == 0 ? 0 : ends_[chunk - 1]) + at.at_;
  }
  /// The one with so many before it. Requires: index < size().
  const T& at(std::size_t index) const {
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), index);
    const auto chunk = static_cast<std::size_t>(end - ends_.begin());
    return chunks_[chunk][index - (chunk == 0 ? 0 : ends_[chunk - 1])];
  }

  /// Before its equals. Iterators end, and references.
  Iterator insert(T value) {
    if (chunks_.empty()) {
      chunks_.emplace_back();
      ends_.push_back(0);
    }
    auto chunk =
        std::partition_point(chunks_.begin(), chunks_.end() - 1,
                             [&](const std::vector<T>& c) { return Less{}(c.back(), value); });
    if (chunk->size() >= kChunkMax) chunk = split(chunk, value);
    make_room(*chunk);
    const auto at = std::partition_point(chunk->begin(), chunk->end(),
                                         [&](const T& held) { return Less{}(held, value); });
    const auto place = static_cast<std::size_t>(at - chunk->begin());
    chunk->insert(at, std::move(value));
    const auto number = static_cast<std::size_t>(chunk - chunks_.begin());
    for (std::size_t i = number; i < ends_.size(); ++i) ++ends_[i];
    return {&*chunk, place};
  }
  /// Iterators end, and references.
  void erase(const Iterator& at) {
    const std::size_t number = number_of(at);
    std::vector<T>& chunk = chunks_[number];
    chunk.erase(chunk.begin() + static_cast<std::ptrdiff_t>(at.at_));
    for (std::size_t i = number; i < ends_.size(); ++i) --ends_[i];
    if (chunk.empty()) {
      drop(number);
    } else if (number + 1 < chunks_.size() &&
               chunk.size() + chunks_[number + 1].size() <= kChunkMax / 2) {
      chunk.insert(chunk.end(), std::make_move_iterator(chunks_[number + 1].begin()),
                   std::make_move_iterator(chunks_[number + 1].end()));
      ends_[number] = ends_[number + 1];
      drop(number + 1);
    }
  }
  // As a set, of a kind whose equals are the same.
  template <class Key>
  bool contains(const Key& key) const {
    return find(key) != end();
  }
  /// False if it is there.
  bool add(T value) {
    if (contains(value)) return false;
    insert(std::move(value));
    return true;
  }
  /// False if there is none.
  template <class Key>
  bool remove(const Key& key) {
    const Iterator at = find(key);
    if (at == end()) return false;
    erase(at);
    return true;
  }
  /// Another in its place. Requires: it compares to all others as the one before did.
  void replace(const Iterator& at, T value) { chunks_[number_of(at)][at.at_] = std::move(value); }

 private:
  using Chunks = std::vector<std::vector<T>>;

  std::size_t number_of(const Iterator& at) const {
    return static_cast<std::size_t>(at.chunk_ - chunks_.data());
  }
  // The half of it in which the value has its place.
  typename Chunks::iterator split(typename Chunks::iterator chunk, const T& value) {
    const auto number = chunk - chunks_.begin();
    const auto middle = chunk->begin() + static_cast<std::ptrdiff_t>(kChunkMax / 2);
    std::vector<T> upper(std::make_move_iterator(middle), std::make_move_iterator(chunk->end()));
    chunk->erase(middle, chunk->end());
    chunk->shrink_to_fit();
    chunks_.insert(chunk + 1, std::move(upper));
    const std::uint32_t end = ends_[static_cast<std::size_t>(number)];
    const auto moved =
        static_cast<std::uint32_t>(chunks_[static_cast<std::size_t>(number) + 1].size());
    ends_.insert(ends_.begin() + number, end - moved);
    chunk = chunks_.begin() + number;
    return Less{}(chunk->back(), value) ? chunk + 1 : chunk;
  }
  // A little at a time: there are very many of these, and room that nobody uses is all that they
  // would waste.
  static void make_room(std::vector<T>& chunk) {
    if (chunk.size() == chunk.capacity()) chunk.reserve(std::min(chunk.size() + 8, kChunkMax));
  }
  void drop(std::size_t number) {
    chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(number));
    ends_.erase(ends_.begin() + static_cast<std::ptrdiff_t>(number));
  }

  Chunks chunks_{};                    ///< None is empty.
  std::vector<std::uint32_t> ends_{};  ///< How many there are up to the end of each.
};

}  // namespace gossamer
