#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gossamer/ids.hpp"

namespace gossamer {

/// What this node believes about another node. A belief, not a fact: two nodes may disagree for a
/// few protocol periods.
enum class MemberState : unsigned char {
  alive = 0,    ///< Said so, and nobody has doubted it since.
  suspect = 1,  ///< Missed its probes. Still usable; has time left to refute.
  down = 2,     ///< Did not refute, or nobody is there any more. Its services may be taken over.
  left = 3,     ///< Said goodbye. Not a failure.
};

/// `alive`, `suspect`, `down` or `left`.
std::string_view to_string(MemberState state) noexcept;

struct Member {
  NodeId id;
  std::string name{};   ///< Label for people. Unique by convention, not enforced.
  Endpoint endpoint{};  ///< Where it gossips.
  Incarnation incarnation = 0;
  MemberState state = MemberState::alive;
  std::string metadata{};  ///< Opaque bytes of its user, at most 256.
  /// The newest version of the wire that it reads: who lags in an upgrade, and is rolled back to.
  unsigned wire_version = 1;
  std::string zone{};  ///< Where its machine is, by its own word; empty: it does not say.

  /// Alive or suspect: counts as being here.
  bool is_live() const noexcept {
    return state == MemberState::alive || state == MemberState::suspect;
  }
};

/// An immutable picture of the cluster, sorted by id, this node included. Pictures of one node
/// share all that did not change between them, so a new one costs a few bytes for each member.
///
/// **Threads**: any. **Lifetime**: yours; it never changes and holds no lock.
class MemberView {
 public:
  using Shared = std::shared_ptr<const Member>;
  /// Some that stand next to each other. Pictures share those in which nothing changed.
  using Chunk = std::vector<Shared>;
  using Chunks = std::vector<std::shared_ptr<const Chunk>>;

 private:
  struct Contents {
    Chunks chunks;                      ///< None is empty.
    std::vector<std::uint32_t> begins;  ///< How many stand before each, and the size.
    std::size_t live_count;
  };

 public:
  /// Random access, as in a std::vector<Member>.
  class Iterator {
   public:
    using iterator_category = std::random_access_iterator_tag;
    using value_type = Member;
    using difference_type = std::ptrdiff_t;
    using pointer = const Member*;
    using reference = const Member&;

    Iterator() = default;
    reference operator*() const { return **at_; }
    pointer operator->() const { return at_->get(); }
    reference operator[](difference_type steps) const { return *(*this + steps); }
    Iterator& operator+=(difference_type steps) { return seek(place() + steps), *this; }
    Iterator& operator-=(difference_type steps) { return seek(place() - steps), *this; }
    Iterator& operator++() {
      if (++at_ == first() + chunk()->size()) enter(chunk_ + 1, 0);
      return *this;
    }
    Iterator& operator--() {
      if (is_end() || at_ == first()) {
        enter(chunk_ - 1, of_->chunks[chunk_ - 1]->size() - 1);
      } else {
        --at_;
      }
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    Iterator operator--(int) {
      Iterator before = *this;
      --*this;
      return before;
    }
    friend Iterator operator+(Iterator at, difference_type steps) { return at += steps; }
    friend Iterator operator+(difference_type steps, Iterator at) { return at += steps; }
    friend Iterator operator-(Iterator at, difference_type steps) { return at -= steps; }
    friend difference_type operator-(const Iterator& a, const Iterator& b) {
      return a.place() - b.place();
    }
    /// Of one view.
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.chunk_ == b.chunk_ && a.at_ == b.at_;
    }
    friend std::strong_ordering operator<=>(const Iterator& a, const Iterator& b) {
      const auto by_chunk = a.chunk_ <=> b.chunk_;
      return by_chunk != 0 ? by_chunk : a.at_ <=> b.at_;
    }

   private:
    friend class MemberView;
    template <class Visit>
    friend void for_each_change(const MemberView& before, const MemberView& after, Visit visit);

    Iterator(const Contents* of, std::size_t chunk) : of_(of) { enter(chunk, 0); }
    bool is_end() const { return at_ == nullptr; }
    const Chunk* chunk() const { return of_->chunks[chunk_].get(); }
    const Shared* first() const { return chunk()->data(); }
    /// Both are about to go through the same.
    bool is_at_chunk_of(const Iterator& other) const {
      return chunk() == other.chunk() && at_ == first() && other.at_ == first();
    }
    void enter(std::size_t chunk, std::size_t at) {
      chunk_ = chunk;
      at_ = chunk == of_->chunks.size() ? nullptr : first() + at;
    }
    void skip_chunk() { enter(chunk_ + 1, 0); }
    difference_type place() const {
      if (of_ == nullptr) return 0;
      return static_cast<difference_type>(of_->begins[chunk_]) + (is_end() ? 0 : at_ - first());
    }
    void seek(difference_type place) {
      const auto wanted = static_cast<std::uint32_t>(place);
      const auto after = std::upper_bound(of_->begins.begin(), of_->begins.end() - 1, wanted);
      if (wanted == of_->begins.back()) return enter(of_->chunks.size(), 0);
      const auto chunk = static_cast<std::size_t>(after - of_->begins.begin()) - 1;
      enter(chunk, wanted - of_->begins[chunk]);
    }

    const Contents* of_ = nullptr;
    std::size_t chunk_ = 0;
    const Shared* at_ = nullptr;  ///< Null at the end.
  };

  MemberView() : MemberView(Chunks{}, 0) {}
  /// Requires: sorted by id, none null, no chunk empty, `live_count` of them live.
  MemberView(Chunks chunks, std::size_t live_count)
      : contents_(std::make_shared<const Contents>(with_begins(std::move(chunks), live_count))) {}
  /// Requires: sorted by id.
  explicit MemberView(const std::shared_ptr<const std::vector<Member>>& members)
      : MemberView(in_chunks(members), static_cast<std::size_t>(std::count_if(
                                           members->begin(), members->end(),
                                           [](const Member& m) { return m.is_live(); }))) {}

  Iterator begin() const { return {contents_.get(), 0}; }
  Iterator end() const { return {contents_.get(), contents_->chunks.size()}; }
  std::size_t size() const { return contents_->begins.back(); }

  /// Null if unknown. Valid as long as this view.
  const Member* find(const NodeId& id) const {
    const auto chunk = std::partition_point(
        contents_->chunks.begin(), contents_->chunks.end(),
        [&](const std::shared_ptr<const Chunk>& one) { return one->back()->id < id; });
    if (chunk == contents_->chunks.end()) return nullptr;
    const auto at = std::partition_point((*chunk)->begin(), (*chunk)->end(),
                                         [&](const Shared& member) { return member->id < id; });
    return (*at)->id == id ? at->get() : nullptr;
  }
  bool is_live(const NodeId& id) const {
    const Member* member = find(id);
    return member != nullptr && member->is_live();
  }
  std::size_t live_count() const { return contents_->live_count; }
  /// Whether this is that very picture. Two pictures may also show the same.
  bool is_same_as(const MemberView& other) const { return contents_ == other.contents_; }

 private:
  static Contents with_begins(Chunks chunks, std::size_t live_count) {
    std::vector<std::uint32_t> begins;
    begins.reserve(chunks.size() + 1);
    begins.push_back(0);
    for (const auto& chunk : chunks) {
      begins.push_back(begins.back() + static_cast<std::uint32_t>(chunk->size()));
    }
    return {std::move(chunks), std::move(begins), live_count};
  }
  static Chunks in_chunks(const std::shared_ptr<const std::vector<Member>>& members) {
    constexpr std::size_t kChunkSize = 64;
    Chunks chunks;
    for (std::size_t first = 0; first < members->size(); first += kChunkSize) {
      Chunk chunk;
      for (std::size_t i = first; i < std::min(first + kChunkSize, members->size()); ++i) {
        chunk.emplace_back(members, &(*members)[i]);
      }
      chunks.push_back(std::make_shared<const Chunk>(std::move(chunk)));
    }
    return chunks;
  }

  std::shared_ptr<const Contents> contents_;
};

/// Calls `visit(before, after)` for each member that two pictures show differently, by id; null
/// where one of them does not know it. Cheap where pictures of one node share what did not change.
template <class Visit>
void for_each_change(const MemberView& before, const MemberView& after, Visit visit) {
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (!old.is_end() && !now.is_end() && old.is_at_chunk_of(now)) {
      old.skip_chunk();
      now.skip_chunk();
      continue;
    }
    const bool is_gone =
        now == after.end() || (old != before.end() && &*old != &*now && old->id < now->id);
    const bool is_new = !is_gone && (old == before.end() || (&*old != &*now && now->id < old->id));
    const Member* was = is_new ? nullptr : &*old;
    const Member* is = is_gone ? nullptr : &*now;
    if (was != is) visit(was, is);
    if (!is_new) ++old;
    if (!is_gone) ++now;
  }
}

}  // namespace gossamer
