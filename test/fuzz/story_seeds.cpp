// Stories for the engines, one line a step: what each byte decides is in membership.cpp and
// driver.cpp.

#include "seeds.hpp"

namespace gossamer::fuzz {
namespace {

void append(Bytes& story, const Bytes& step) {
  for (const std::uint8_t byte : step) story.push_back(byte);
}

void add_membership(SeedFolder& folder) {
  // Nodes 2 to 9, node 2 twice.
  Bytes join;
  for (std::uint8_t i = 1; i < 9; ++i) append(join, {0, i, 1, i, 0});
  append(join, {0, 1, 5, 1, 0});
  folder.add("membership", "join", join);
  Bytes silence = join;
  for (int i = 0; i < 6; ++i) append(silence, {4, 200});
  folder.add("membership", "silence", silence);
  Bytes accused = join;
  append(accused, {1, 2, 1, 1, 3});  // Node 3 is suspect, by node 4.
  append(accused, {1, 0, 1, 1, 3});  // So are we.
  append(accused, {0, 2, 3, 2, 0});  // It refutes.
  append(accused, {1, 2, 3, 2, 3});  // It is down.
  append(accused, {4, 0xf3, 0});
  append(accused, {9, 0});
  folder.add("membership", "accused", accused);
  Bytes accused_beyond = join;
  append(accused_beyond, {1, 0, 9, 1, 3});     // Under numbers that we have not said:
  append(accused_beyond, {1, 0, 0xf3, 1, 3});  // none of them raises ours.
  folder.add("membership", "accused-beyond", accused_beyond);
  Bytes answers = join;
  for (int i = 0; i < 8; ++i) {
    append(answers,
           {4, 100, 3, 1, 0, 0, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i)});
    append(answers, {3, 2, 9, 3, 3, 0, 1, 1});
  }
  append(answers, {5, 30, 8, 3, 7, 2, 3, 4, 6, 2, 10, 11});
  folder.add("membership", "answers", answers);
}

/// One Rumours with one statement of the insider `who`; to us by a datagram, in the primary.
Bytes told_by(std::uint8_t who, const Bytes& body) {
  Bytes step{0, 9, 1, who, 20};
  append(step, body);
  const auto place = static_cast<std::uint8_t>(who + 1);
  append(step, {place, 0, 0, 0, place});
  return step;
}

void add_driver(SeedFolder& folder) {
  Bytes join;
  for (std::uint8_t i = 0; i < 4; ++i) {
    append(join, told_by(i, {0, static_cast<std::uint8_t>(i + 1), 1, 0, 2, 0}));
  }
  folder.add("driver", "join", join);
  Bytes deploys = join;
  append(deploys, {6, 0, 0});
  for (int i = 0; i < 4; ++i) append(deploys, {4, 250, 6, 4});
  append(deploys, {5, 0, 0, 4, 1, 0, 9, 2, 1, 1});
  append(deploys, {4, 250});
  folder.add("driver", "deploys", deploys);
  // Rings of eight keys each, none of them in two, in rising numbers; then steps of one's own.
  Bytes rings = join;
  for (std::uint8_t i = 0; i < 4; ++i) {
    const auto first = static_cast<std::uint8_t>(8 * i);
    Bytes ring{5, i, first, 7};
    for (std::uint8_t key = 1; key < 8; ++key)
      ring.push_back(static_cast<std::uint8_t>(first + key));
    append(rings, told_by(i, ring));
  }
  Bytes steps = join;
  append(steps, {6, 5, 30, 0, 4, 250, 6, 5, 30, 1, 4, 250, 6, 5, 3, 2, 4, 250});
  folder.add("driver", "key-steps", steps);
  folder.add("driver", "rings", rings);
  Bytes compares = join;
  for (const std::uint8_t message : Bytes{0, 5, 6, 7, 8}) {
    append(compares, {0, message, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 0, 0, 1, 1});
    append(compares, {4, 20});
  }
  folder.add("driver", "compares", compares);
  // The same told to one that asks for admissions, as the last byte says.
  for (const auto& [name, story] :
       {std::pair{"admits-join", join}, std::pair{"admits-deploys", deploys},
        std::pair{"admits-rings", rings}, std::pair{"admits-compares", compares}}) {
    Bytes admitting = story;
    for (int i = 0; i < 4; ++i) append(admitting, {4, 250});  // Ten seconds.
    admitting.push_back(0xad);
    folder.add("driver", name, admitting);
  }
}

}  // namespace

void add_story_seeds(SeedFolder& folder) {
  add_membership(folder);
  add_driver(folder);
}

}  // namespace gossamer::fuzz
