#include "referee.hpp"

namespace gossamer::journal {

void Referee::accuse(std::string violation) {
  if (violations_.size() < 20) violations_.push_back(std::move(violation));
}

void Referee::on_landed(Slot slot) {
  slots_[slot] = objects_.get(slot_key(unit_, slot))->entry;
  if (slots_.rbegin()->first == slot) {
    on_top_[slot] = slots_.at(slot);
    if (slots_.at(slot)->type == EntryType::freeze) freezes_.push_back(slot);
  }
  check();
}

void Referee::on_removed(const std::string& key) {
  slots_.erase(slot_of(unit_, key));
  check();
}

Slot Referee::newest_freeze() const {
  for (auto it = slots_.rbegin(); it != slots_.rend(); ++it) {
    if (it->second->type == EntryType::freeze) return it->first;
  }
  return 0;
}

void Referee::check() {
  state_ = rebuild(newest_freeze(), "newest");
  check_acknowledged(state_);
  if (std::set<std::string>(state_.begin(), state_.end()).size() != state_.size()) {
    accuse("I1: a write is in the state twice");
  }
  if (is_damage_expected_ || freezes_.size() < 2) return;
  if (rebuild(freezes_[freezes_.size() - 2], "retained") != state_) {
    accuse("I3: the retained freeze leads to another state than the newest");
  }
}

void Referee::check_acknowledged(const std::vector<std::string>& state) {
  for (const auto& [sequence, write] : acknowledged_) {
    if (sequence > state.size() || state[sequence - 1] != write) {
      accuse("I1: acknowledged write " + std::to_string(sequence) + " is lost");
    }
  }
}

std::vector<std::string> Referee::rebuild(Slot freeze, const char* which) {
  const std::string of = std::string{" ("} + which + " freeze)";
  ToyStore store;
  Slot covered = 0;
  Epoch epoch = 0;
  if (freeze != 0) {
    const auto found = slots_.find(freeze);
    if (found == slots_.end()) {
      accuse("I3: the freeze entry is gone" + of);
      return {};
    }
    const JournalEntry& entry = *found->second;
    covered = entry.covers;
    epoch = entry.epoch;
    const ToyObject* manifest = objects_.get(entry.manifest_key);
    if (manifest == nullptr || manifest->manifest == nullptr) {
      if (!is_damage_expected_) accuse("I3: the manifest is gone" + of);
      return {};
    }
    ToyStore::Files files;
    for (const ManifestFile& file : manifest->manifest->files) {
      const ToyObject* object = objects_.get(file.key);
      if (object == nullptr) {
        if (!is_damage_expected_) accuse("I3: file " + file.name + " is gone" + of);
        return {};
      }
      files[file.name] = object->bytes;
    }
    store = ToyStore::of_files(files);
  }
  const Slot tip = slots_.empty() ? 0 : slots_.rbegin()->first;
  for (Slot slot = covered + 1; slot <= tip; ++slot) {
    const auto found = slots_.find(slot);
    if (found == slots_.end()) {
      accuse("I3: slot " + std::to_string(slot) + " is a gap" + of);
      return store.writes;
    }
    const JournalEntry& entry = *found->second;
    const bool rises = entry.type == EntryType::claim ? entry.epoch > epoch : entry.epoch == epoch;
    if (!rises) accuse("I2: the epoch in slot " + std::to_string(slot) + " is out of order" + of);
    epoch = entry.epoch;
    for (const Commit& commit : entry.commits) {
      const std::string write = to_text(commit.bytes);
      if (commit.sequence <= store.sequence()) {
        if (store.writes[commit.sequence - 1] != write) {
          accuse("I1: write " + std::to_string(commit.sequence) + " was given away twice" + of);
        }
      } else if (commit.sequence == store.sequence() + 1) {
        store.writes.push_back(write);
      } else {
        accuse("I1: writes before " + std::to_string(commit.sequence) + " are missing" + of);
      }
    }
  }
  return store.writes;
}

void Referee::on_acknowledged(Sequence sequence, const std::string& write) {
  const auto [held, is_new] = acknowledged_.emplace(sequence, write);
  if (!is_new && held->second != write) {
    accuse("I1: sequence " + std::to_string(sequence) + " was acknowledged for two writes");
  }
  check_acknowledged(state_);
}

void Referee::on_won(Epoch epoch, const NodeId& node, const Nonce& nonce) {
  if (!winners_.emplace(epoch, node).second) {
    accuse("I2: epoch " + std::to_string(epoch) + " has two owners");
  }
  for (const auto& [slot, entry] : on_top_) {
    if (entry->type == EntryType::claim && entry->nonce == nonce && entry->epoch == epoch) return;
  }
  accuse("I4: a claim was believed that is not in the journal");
}

void Referee::on_lost(const NodeId& node, const Nonce& nonce) {
  if (slots_.empty()) return;
  const JournalEntry& tip = *slots_.rbegin()->second;
  if (tip.type == EntryType::claim && tip.writer == node && tip.nonce == nonce) {
    accuse("I4: a claim was given up that stands");
  }
}

void Referee::on_fenced(Epoch epoch, Sequence unknown_through) {
  for (const auto& [slot, entry] : on_top_) {
    if (entry->epoch != epoch || entry->commits.empty()) continue;
    if (entry->commits.back().sequence > unknown_through) {
      accuse("I4: a write is in the journal that was said never to have been sent");
    }
  }
}

void Referee::on_last_look() {
  saw_undeploy_ = objects_.is_undeployed && !slots_.empty() &&
                  slots_.rbegin()->second->type == EntryType::withdrawn;
}

void Referee::on_ready(Epoch epoch, const std::vector<std::string>& writes) {
  if (saw_undeploy_) accuse("I6: started after `withdrawn`, while undeployed");
  const std::vector<std::string>& now = state_;
  Epoch highest = 0;
  for (const auto& [slot, entry] : on_top_) highest = std::max(highest, entry->epoch);
  const bool is_prefix =
      writes.size() <= now.size() && std::equal(writes.begin(), writes.end(), now.begin());
  if (!is_prefix || (highest == epoch && writes.size() != now.size())) {
    accuse("I5: the store that serves is not what the journal says");
  }
}

}  // namespace gossamer::journal
